-- name: has_revision_table()$
-- Whether the schema is a ledger's, or of another program that uses Alembic.
SELECT to_regclass('alembic_version') IS NOT NULL;

-- name: has_tables()$
-- Whether the schema is in use: tables of extensions do not count.
SELECT EXISTS (
    SELECT 1
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(current_schema())
        AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (
            SELECT 1 FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
);

-- name: lock_schema(key)$
-- Wait until no other node changes the schema; the lock goes with the transaction, so it passes through PgBouncer.
SELECT pg_advisory_xact_lock(:key);

-- name: lift_time_limits()!
-- This transaction may take its time.
SELECT set_config('statement_timeout', '0', TRUE), set_config('idle_in_transaction_session_timeout', '0', TRUE);

-- name: lift_session_time_limits()!
-- This connection may take its time.
SELECT set_config('statement_timeout', '0', FALSE), set_config('idle_in_transaction_session_timeout', '0', FALSE);

-- name: give_up_on_locks()!
-- A change of the schema that waits for a lock holds up everybody behind it.
SET LOCAL lock_timeout = '20s';

-- name: clear_revision()!
-- Say that the schema is at no revision.
DELETE FROM alembic_version;

-- name: describe_server()^
-- Facts about the server and the database.
SELECT
    current_setting('server_version') AS version,
    current_database() AS database,
    current_setting('server_encoding') AS encoding,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    CAST(current_setting('max_connections') AS integer) AS max_connections,
    current_setting('transaction_read_only') AS read_only,
    coalesce((SELECT s.ssl FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid()), false) AS is_encrypted;

-- name: measure_database()$
-- The bytes of its files, which the server looks at one by one.
SELECT pg_database_size(current_database());

-- name: list_checkable_indexes()
-- The indexes that the extension amcheck can look at, where it is installed and this user may use it.
SELECT t.relname, c.relname
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_am AS a ON a.oid = c.relam AND a.amname = 'btree'
WHERE c.relnamespace = current_schema()::regnamespace
    AND c.relpersistence <> 't'
    AND i.indisready AND i.indisvalid
    AND EXISTS (SELECT FROM pg_extension WHERE extname = 'amcheck')
    AND coalesce(has_function_privilege(to_regprocedure('bt_index_check(regclass)'), 'EXECUTE'), false);

-- name: check_index(index)$
-- An index, which amcheck reads; it fails where the index is damaged.
SELECT bt_index_check(CAST(:index AS text)::regclass);

-- name: count_checksum_failures()$
-- How many pages of this database the server found damaged; 0 where it keeps no checksums.
SELECT coalesce((SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()), 0);

-- name: end_hung_sessions(application, stall_us)$
-- End transactions of nodes that hang between preparing a statement and running it; how many.
-- PostgreSQL takes them for active, so idle_in_transaction_session_timeout does not end them, and a statement's time limit does not
-- interrupt a server that reads.
WITH hung AS MATERIALIZED (
    SELECT pid
    FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = :application
        AND state = 'active' AND xact_start IS NOT NULL AND wait_event = 'ClientRead' AND query NOT ILIKE 'copy %'
        AND state_change < pg_catalog.clock_timestamp() - CAST(:stall_us AS bigint) * INTERVAL '1 microsecond'
)

SELECT count(*) FROM hung WHERE pg_terminate_backend(pid);
