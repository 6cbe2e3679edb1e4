DROP TABLE git_commit;
DROP TABLE git_pack;
