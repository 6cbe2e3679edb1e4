"""Statements over tables that grow must seek by an index: their cost must not grow with the ledger."""

import re
import sqlite3

import pytest

from shipledger.aggregates import AGGREGATES
from shipledger.store.migration_files import MIGRATIONS, list_revisions, read_migration, read_statements
from shipledger.store.statements import load_filters, load_statements
from shipledger.store.tables import Table
from shipledger.store.templates import named

WRITTEN = {name: statement.text for name, statement in load_statements("sqlite").items()}
PAGES = sorted(name for name in WRITTEN if name.startswith("list_deployments"))
NARROWED = {
    f"{name}+{part}": load_statements("sqlite")[f"{name}+{part}"].text
    for name in load_statements("sqlite").narrowable
    for part in load_filters()
}
TEMPLATES = {name: text for name, text in WRITTEN.items() if re.search(r"\{\w+\}", text)}
STATEMENTS = {name: text for name, text in WRITTEN.items() if name not in TEMPLATES}
SMALL = {
    "alembic_version",
    "association_rules",
    "gate_delivery",
    "issue_site",
    "lease",
    "node",
    "outbox_target",
    "pending_name",
    "person",
    "person_identity",
    "person_link",
    "person_look",
    "saved_view",
    "person_session",
    "unknown_sender",
    "setting",
    "organization",
    "signing_key",
    "tier_policy",
    "installation",
    "timekeeping",
    "unfinished",
}
"""Tables that hold a row, or a few, for an organization, a node or a person, or for what is not settled or delivered.

All others grow.
"""


def name_all(*templates: str) -> set[str]:
    """The statements of every kind of record."""
    return {named(template, kind) for template in templates for kind in AGGREGATES.kinds}


WHOLE = {
    "has_member_entries",  # the first row of any
    "has_member_tombstones",  # asked only where a first account has no membership
    "clear_deployment_aliases",
    "clear_deployment_releases",
    "clear_deployment_tokens",
    "clear_deployments",
    "find_aliases_without_deployment",
    "find_deployments_at_wrong_version",
    "find_entries_without_deployment",
    "find_releases_without_deployment",
    "find_settled_without_verdict",
    "find_verdicts_without_deployment",
    "read_credentials",
    "read_deployment_alias_rows",
    "read_deployment_release_rows",
    "read_deployment_rows",
    "read_deployment_token_rows",
    "read_issue_standing_rows",
    "read_lane_rows",
    "read_receipts",
    "read_refused_requests",
    "read_seals",
    "check_credentials",
    "read_gates",
    "read_pull_requests",
    "read_issues",
    "read_outbox_attempts",
    "read_outbox_messages",
    "read_outbox_targets",
    "read_packs",
    "read_verdicts",
    "read_service_columns",
    *name_all("clear_{kind}s", "count_{kind}_entries", "find_gaps_in_{kind}_entries", "list_former_{kind}_owners"),
    *name_all("read_{kind}_alias_rows", "read_{kind}_entries", "read_{kind}_rows", "read_{kind}s"),
    *(
        named(f"{verb}_{{part}}_rows", part.table)
        for verb in ("check", "read")
        for one in AGGREGATES
        for part in one.keeping.parts
    ),
}
"""Maintenance, which looks at everything."""

ONE_ORGANIZATION = {
    "find_naming_commit",  # the first row of a partial index
    "find_any_commit",  # the first row
    "count_deployments",
    "count_others_to_walk",
    "count_issues",
    "count_services",
    "list_deployed_repositories",
    "list_members",
    *("list_known_members", "list_left_member_entries"),  # of a few thousand people
    "list_service_ids_of_teams",
    "list_former_services",
    "find_newest_receipt",
    "append_entries",
    *name_all("append_{kind}_entries", "find_last_{kind}_position", "find_last_{kind}_number"),
    "find_newest_with_tokens",  # the first rows of an index
    *("list_mapped_names", "list_service_words"),  # of a few thousand services
    "find_service_by_name",
    *(
        "count_old_refused",
        "forget_refused",
        "forget_refused_of",
        "list_refused",
        "trim_refused",
    ),  # of which only so many are kept
    "forget_repository_aliases",
    "forget_some_issues",
    "forget_some_services",
    "list_signing_apps_of",
    "list_credentials",
    "list_signs_of_life",
    "list_uses",  # of the last days
    "forget_repositories",
    "list_former_repositories",
    "list_mapped_repositories",
    "list_repository_names",
    "list_mappings",
    "list_service_ids",
    "list_service_names",
    "list_related_services",  # of a few thousand relations
    "list_service_relations",
    "list_services",
    "list_team_ids",
    "list_teams",
    "list_verdicts_that_say",
    "sum_waiting_pack_bytes",
}
"""These walk an index of one organization, or one end of it."""

HOLDS_LITTLE = re.compile(
    r"USING (COVERING )?INDEX (?:receipt_(free|unsettled|unnoted)|gate_(left|awaiting)|incident_open|git_pack_(pending|unindexed)"
    r"|outbox_message_(pending|claimed|given_up))"
)
"""Partial indexes: they hold only what is not settled, decided, over or delivered, or was refused."""

OF_ONE_ORGANIZATION = re.compile(r"\(organization_id=\?\)(?: LEFT-JOIN)?$")


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


def explain_text(connection, text):
    parameters = dict.fromkeys(re.findall(r":(\w+)", text), 1)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]


def explain(connection, name):
    return explain_text(connection, STATEMENTS[name])


def growing_tables(connection):
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables >= SMALL
    return tables - SMALL


def names_in_plan(text, tables):
    return {name for table in tables for name in (table, *re.findall(rf"\b{table} AS (\w+)", text))}


def find_slow_steps(connection, text):
    """The steps of a plan that read a whole table that grows, and those that read all that one organization has of it."""
    names = names_in_plan(text, growing_tables(connection))
    steps = [step for step in explain_text(connection, text) if [*step.split(), ""][1] in names]
    scans = [step for step in steps if step.startswith("SCAN") and not HOLDS_LITTLE.search(step)]
    walks = [
        step for step in steps if step.startswith("SEARCH") and OF_ONE_ORGANIZATION.search(step) and not HOLDS_LITTLE.search(step)
    ]
    return scans, walks


def test_every_statement_seeks(connection):
    read = {name: text for name, text in STATEMENTS.items() if re.search(r"\b(FROM|UPDATE)\b", text)}
    assert len(read) > 300
    slow = {name: find_slow_steps(connection, text) for name, text in read.items() if name not in WHOLE}
    assert {name: scans for name, (scans, _) in slow.items() if scans} == {}
    assert {name: walks for name, (_, walks) in slow.items() if walks and name not in ONE_ORGANIZATION} == {}


def test_a_statement_that_no_index_helps_is_seen(connection):
    by_summary = "SELECT i.issue_key FROM issue AS i WHERE i.summary = :summary"
    assert find_slow_steps(connection, by_summary)[0]
    assert find_slow_steps(connection, f"{by_summary} AND i.organization_id = :organization_id")[1]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_move_reads_every_table_in_the_order_of_its_key(connection, name):
    for table in growing_tables(connection):
        described = connection.execute(f"PRAGMA table_info({table})").fetchall()
        key = [column[1] for column in sorted(described, key=lambda column: column[5]) if column[5]]
        moved = Table(name=table, columns=tuple(column[1] for column in described), key=tuple(key), parents=frozenset())
        plan = "\n".join(explain_text(connection, moved.fill(TEMPLATES[name], ["1"] * len(key))))
        assert "TEMP B-TREE" not in plan, (table, plan)
        assert name != "read_table_after" or plan.startswith("SEARCH"), (table, plan)


@pytest.mark.parametrize("name", sorted(name for name in STATEMENTS if name.startswith("walk_")))
def test_a_search_reads_one_index_in_its_order(connection, name):
    plan = "\n".join(explain(connection, name))
    assert "USING COVERING INDEX" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"list_deployments_of_commit"}))  # few deployments have a commit
def test_a_page_stops_when_it_is_full(connection, name):
    plan = [step for step in explain(connection, name) if "TEMP B-TREE" in step]
    assert plan in ([], ["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"])


def test_a_page_with_a_filter_seeks_and_stops_when_it_is_full(connection):
    assert len(NARROWED) > 40
    for name, text in NARROWED.items():
        sorts = [step for step in explain_text(connection, text) if "TEMP B-TREE FOR ORDER BY" in step]
        assert sorts == [] or name.startswith("list_deployments_of_commit"), name
        assert find_slow_steps(connection, text) == ([], []), name
