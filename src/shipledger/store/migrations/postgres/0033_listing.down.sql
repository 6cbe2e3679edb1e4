DROP INDEX deployment_environment_called;

DROP INDEX deployment_release_commit;
