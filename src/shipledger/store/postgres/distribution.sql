-- name: find_citus()^
-- Whether Citus is loaded, and whether it is part of this database.
SELECT
    EXISTS (SELECT 1 FROM pg_settings WHERE name = 'citus.shard_count') AS is_loaded,
    EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') AS is_created;

-- name: list_tables_for_distribution()
-- Every table of the ledger: whether its rows belong to an organization, whether a unique constraint spans organizations, and the tables that it refers to.
SELECT
    c.relname AS name,
    EXISTS (
        SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'
    ) AS belongs_to_organization,
    EXISTS (
        SELECT 1
        FROM pg_index AS i
        WHERE i.indrelid = c.oid AND i.indisunique
            AND NOT EXISTS (
                SELECT 1
                FROM pg_attribute AS a
                WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND a.attnum = ANY (i.indkey)
            )
    ) AS spans_organizations,
    ARRAY(
        SELECT DISTINCT p.relname
        FROM pg_constraint AS k
        JOIN pg_class AS p ON p.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f'
    ) AS parents
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname;

-- name: list_distributed_tables()
-- The tables that Citus knows, with the way in which it keeps each.
SELECT CAST(table_name AS text), citus_table_type
FROM citus_tables;

-- name: copy_to_every_node(table)$
-- Keep a whole copy of a table on every node of Citus.
SELECT create_reference_table(CAST(CAST(:table AS text) AS regclass));

-- name: spread_by_organization(table)$
-- Spread a table by organization, so that the rows of one organization lie together.
SELECT create_distributed_table(CAST(CAST(:table AS text) AS regclass), 'organization_id', colocate_with => 'default');

-- name: list_workers()
-- The nodes of Citus that hold data.
SELECT node_name, node_port
FROM citus_get_active_worker_nodes();

-- name: work_in_sequence()!
-- Keys to tables of which every worker has a copy can only be made over one connection to each worker.
SET LOCAL citus.multi_shard_modify_mode TO 'sequential';

-- name: list_references()
-- Every foreign key of the ledger, with all that is needed to make it anew.
SELECT c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
WHERE c.relnamespace = to_regnamespace(current_schema()) AND k.contype = 'f'
ORDER BY c.relname, k.conname;

-- name: drop_reference()!
-- Take a foreign key away; the names in braces come from the catalog of the database.
ALTER TABLE {table} DROP CONSTRAINT {name};

-- name: add_reference()!
-- Make a foreign key anew; what is in braces comes from the catalog of the database.
ALTER TABLE {table} ADD CONSTRAINT {name} {definition};
