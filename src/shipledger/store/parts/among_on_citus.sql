-- What stands for "/* on Citus: column of :rows */": that the organization is among those that stand first in the rows.
-- It follows from what the statement says anyway. But Citus asks all workers unless a condition is constant before the tables
-- are read, and then one that is away would be missed by all organizations.
AND organization_column = ANY (
    string_to_array(translate(CAST(jsonb_path_query_array(CAST(:rows AS jsonb), '$[*][0]') AS text), '[]" ', ''), ',')
)
