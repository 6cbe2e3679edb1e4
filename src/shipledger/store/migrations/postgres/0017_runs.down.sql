UPDATE deployment_alias
SET started_us = NULL
WHERE scope <> 'service';
