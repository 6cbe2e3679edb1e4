"""Statements over tables that grow must seek by an index: their cost must not grow with the ledger."""

import re
import sqlite3

import pytest

from shipledger.store.migration_files import MIGRATIONS, list_revisions, read_migration, read_statements
from shipledger.store.statements import load_statements

STATEMENTS = {name: statement.text for name, statement in load_statements("sqlite").items()}
GROWING = (
    "receipt",
    "verdict",
    "entry",
    "deployment",
    "deployment_alias",
    "deployment_release",
    "incident_entry",
    "incident",
    "incident_alias",
    "git_commit",
    "git_pack",
    "git_commit_sender",
    "tombstone",
    "entry_seal",
)

WHOLE = {
    "clear_deployment_aliases",
    "clear_deployment_releases",
    "clear_deployments",
    "clear_incidents",
    "count_entries",
    "find_aliases_without_deployment",
    "find_deployments_at_wrong_version",
    "find_entries_without_deployment",
    "find_gaps_in_entries",
    "find_releases_without_deployment",
    "find_settled_without_verdict",
    "find_verdicts_without_deployment",
    "read_deployment_alias_rows",
    "read_deployment_release_rows",
    "read_deployment_rows",
    "read_incident_alias_rows",
    "read_incident_rows",
}
"""Maintenance, which looks at everything."""

ONE_ORGANIZATION = {
    "count_deployments",
    "count_entries_to_walk",
    "list_deployed_repositories",
    "find_newest_accepted",
    "append_entries",
    "append_incident_entries",
    "find_last_deployment_position",
    "find_last_incident_position",
}
"""These walk an index of one organization, or one end of it."""


@pytest.fixture(scope="module")
def connection():
    connection = sqlite3.connect(":memory:")
    for statement in read_statements(MIGRATIONS / "sqlite" / "alembic_version.sql"):
        connection.execute(statement)
    for revision in list_revisions():
        for statement in read_migration("sqlite", revision, "up"):
            connection.execute(statement)
    yield connection
    connection.close()


def explain(connection, name):
    text = STATEMENTS[name]
    parameters = dict.fromkeys(re.findall(r":(\w+)", text), 1)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]


def aliases_of(text):
    return {table: set(re.findall(rf"\b{table} AS (\w+)", text)) | {table} for table in GROWING}


@pytest.mark.parametrize("name", sorted(name for name, text in STATEMENTS.items() if re.search(r"\b(FROM|UPDATE)\b", text)))
def test_a_statement_seeks(connection, name):
    if name in WHOLE:
        return
    names = set().union(*aliases_of(STATEMENTS[name]).values())
    for step in explain(connection, name):
        kind, table, *_ = [*step.split(), ""]
        if table not in names or kind not in ("SCAN", "SEARCH"):
            continue
        if kind == "SCAN":
            # Partial indexes hold only what is not settled, or was refused.
            assert re.search(r"USING (COVERING )?INDEX (receipt_(free|unsettled)|git_pack_(pending|unindexed))", step), step
        elif name not in ONE_ORGANIZATION:
            columns = re.search(r"\((.*)\)(?: LEFT-JOIN)?$", step).group(1)
            assert columns != "organization_id=?" or name == "list_receipts", step


@pytest.mark.parametrize("name", sorted(name for name in STATEMENTS if name.startswith("walk_")))
def test_a_search_reads_one_index_in_its_order(connection, name):
    plan = "\n".join(explain(connection, name))
    assert "USING COVERING INDEX" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("name", sorted(name for name in STATEMENTS if name.startswith("list_deployments")))
def test_a_page_stops_when_it_is_full(connection, name):
    plan = [step for step in explain(connection, name) if "TEMP B-TREE" in step]
    assert plan in ([], ["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"])
