"""No list and no count has a deployment that is merged into another: each statement says so, or why it need not."""

from __future__ import annotations

import re

from shipledger.store.statements import load_statements

BY_ROWS_THAT_MERGED_ONES_LACK = "it comes to deployments by rows that those which are merged do not have"
BY_ENVIRONMENT_KEYS = "those which are merged have no key of an environment"
OF_EVERY_RECORD = "it is about every record, whatever lists show"
BY_ID = "it is asked for by its id, or by a name that its own sender uses"
EXEMPT = {
    "clear_deployments": OF_EVERY_RECORD,
    "count_deployments_by_name": BY_ENVIRONMENT_KEYS,
    "count_deployments_of_tier_place": OF_EVERY_RECORD,
    "count_successes_by_week": BY_ROWS_THAT_MERGED_ONES_LACK,
    "delete_deployments": OF_EVERY_RECORD,
    "find_aliases_without_deployment": OF_EVERY_RECORD,
    "find_by_deployment_id": BY_ID,
    "find_deployment": BY_ID,
    "find_deployment_by_alias": BY_ID,
    "find_deployments_at_wrong_version": OF_EVERY_RECORD,
    "find_entries_without_deployment": OF_EVERY_RECORD,
    "find_newest_with_tokens": BY_ROWS_THAT_MERGED_ONES_LACK,
    "find_releases_without_deployment": OF_EVERY_RECORD,
    "list_deployments_by_alias": BY_ID,
    "list_deployments_by_alias_before": BY_ROWS_THAT_MERGED_ONES_LACK,
    "list_deployments_named": BY_ROWS_THAT_MERGED_ONES_LACK,
    "list_deployments_of_commit": BY_ROWS_THAT_MERGED_ONES_LACK,
    "list_deployments_of_repository": BY_ROWS_THAT_MERGED_ONES_LACK,
    "list_deployments_of_tier_place": OF_EVERY_RECORD,
    "list_possibly_overwritten": OF_EVERY_RECORD,
    "list_stale_projections": OF_EVERY_RECORD,
    "list_tier_places": OF_EVERY_RECORD,
    "list_unchanged_tier_places": OF_EVERY_RECORD,
    "list_unmapped_name_keys": BY_ENVIRONMENT_KEYS,
    "list_unmapped_names": BY_ENVIRONMENT_KEYS,
    "load_deployments": BY_ID,
    "read_deployments": BY_ID,
    "read_documents": BY_ID,
}
_READS = re.compile(r"\b(FROM|JOIN)\s+deployment\b(?!_)")


def test_each_statement_that_reads_deployments_leaves_merged_ones_out_or_is_here_with_the_reason() -> None:
    reading = {
        name
        for name, statement in load_statements("sqlite").items()
        if _READS.search(statement.text) and "merged_into" not in statement.text
    }
    assert reading == EXEMPT.keys()
