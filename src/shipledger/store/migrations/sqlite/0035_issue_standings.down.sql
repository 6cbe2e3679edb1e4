UPDATE deployment_alias
SET started_us = NULL
WHERE scope IN ('issue', 'project');

DROP TABLE issue_standing;
