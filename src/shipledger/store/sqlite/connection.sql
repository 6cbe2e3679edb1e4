-- name: begin_write()!
-- Take the write lock at once, so that no transaction fails half way for want of it.
BEGIN IMMEDIATE;

-- name: commit()!
-- Make the transaction durable.
COMMIT;

-- name: rollback()!
-- Undo the transaction.
ROLLBACK;

-- name: begin_operation()!
-- Start an operation that may fail on its own.
SAVEPOINT operation;

-- name: end_operation()!
-- Keep an operation.
RELEASE operation;

-- name: undo_operation()!
-- Undo an operation.
ROLLBACK TO operation;

-- name: begin_read()!
-- Start to read one state of the database.
BEGIN;

-- name: use_write_ahead_log()$
-- Let readers and the writer work at the same time.
PRAGMA journal_mode = WAL;

-- name: sync_every_commit()!
-- A commit must survive a power cut.
PRAGMA synchronous = FULL;

-- name: enforce_foreign_keys()!
-- SQLite does not by itself.
PRAGMA foreign_keys = ON;

-- name: delete_fast()!
-- Do not spend input and output on overwriting what is deleted.
PRAGMA secure_delete = FAST;

-- name: checkpoint_rarely()!
-- Move the log into the file every 16 MB.
PRAGMA wal_autocheckpoint = 4000;

-- name: limit_log_size()!
-- Give back the space of a log that has grown.
PRAGMA journal_size_limit = 67108864;

-- name: cache_for_writer()!
-- Keep 32 MB of pages.
PRAGMA cache_size = -32768;

-- name: cache_for_reader()!
-- Keep 12 MB of pages.
PRAGMA cache_size = -12288;

-- name: refuse_writes()!
-- A reader must not write.
PRAGMA query_only = ON;

-- name: count_tables()$
-- Whether the file is new.
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\';

-- name: has_revision_table()$
-- Whether the file is a ledger.
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version';

-- name: has_installation()$
-- Whether the file is of a version that knows how it was left.
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'installation';

-- name: can_note_import()$
-- Whether the file is of a version that notes how the ledger came to it.
SELECT count(*) FROM pragma_table_info('projection_rules') WHERE name = 'is_imported';

-- name: count_table_named(name)$
-- Whether the file has a table with a name.
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = :name;

-- name: give_up_restored_messages(reason)!
-- Give up what was pending when a backup was made: it may have been delivered since.
UPDATE outbox_message
SET state = 'given_up', ended_us = /* clock_us */, reason = :reason,
    claimed_by = NULL, claimed_until_us = NULL
WHERE state = 'pending';

-- name: give_up_restored_deliveries(reason)!
-- The same of what a version before this one has noted for apps.
UPDATE gate_delivery SET state = 'failed', answer = :reason WHERE state = 'pending';

-- name: check_integrity()!
-- What SQLite finds wrong with its own pages, indexes and constraints.
PRAGMA integrity_check;

-- name: check_table(table)
-- What SQLite finds wrong with one table and its indexes.
SELECT integrity_check FROM pragma_integrity_check(:table);

-- name: check_pages()
-- What belongs to no table, such as the list of free pages, and all pages again without comparing indexes with tables.
SELECT quick_check FROM pragma_quick_check;

-- name: check_foreign_keys()!
-- Rows that refer to what is not there.
PRAGMA foreign_key_check;

-- name: describe_journal()$
-- How commits are kept.
PRAGMA journal_mode;

-- name: describe_synchronous()$
-- When data is forced to the disk.
PRAGMA synchronous;

-- name: describe_foreign_keys()$
-- Whether references are enforced.
PRAGMA foreign_keys;

-- name: save_log()!
-- Move what is in the log into the file, as far as nobody reads what is older.
PRAGMA wal_checkpoint(FULL);

-- name: use_no_log()$
-- A copy is one file.
PRAGMA journal_mode = DELETE;
