"""Everything is kept and looked for by organization: that keeps organizations apart, and lets a database be distributed.

The tables are read from the catalog of a real PostgreSQL, the statements from the files of both dialects.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from shipledger.aggregates import AGGREGATES
from shipledger.store.statements import Dialect, load_statements
from shipledger.store.templates import named
from tests.support.postgres import new_ledger_database
from tests.support.sql_bounds import find_bounds, list_mentions

OF_THE_INSTALLATION = {
    "alembic_version": "the revision of the schema",
    "organization": "the organizations themselves",
    "node": "nodes serve all organizations",
    "lease": "duties are done for all organizations",
    "installation": "which ledger this is",
    "unfinished": "what is under way concerns all organizations",
    "timekeeping": "one order and one time for all organizations",
    "person": "an account is of the installation, and may belong to several organizations",
    "person_identity": "the same of who an account is elsewhere",
    "person_session": "a browser names no organization: the person who signed in there does",
    "person_link": "the same of a link that sets a password",
    "unknown_sender": "who is unknown belongs to none",
    "projection_rules": "all projections are made by the rules of one program",
}
"""Small tables that belong to no organization."""

UNIQUE_EVERYWHERE = {
    ("credential", "secret_hash"): "a request names no organization: its credential does, and is found by the hash",
    ("access_token", "token_hash"): "the same",
}

LOOK_UPS = {
    "find_credential_by_hash": "who calls is found by the hash of the secret, and says which organization is meant",
    "find_credential_by_token": "the same of an access token",
    "list_personal_tokens": "the tokens of a person, whose ids begin with the person's, in whatever organization",
    "revoke_personal_tokens": "the same, when the person's password is set by a link",
    "list_memberships": "the organizations of whoever signs in; what a session shows is bound to one",
    "find_other_membership": "whether an account is one administrator's alone, asked where somebody makes a link into it",
    "has_member_entries": "the same, for the first account of all, before anybody belongs to anything",
    "has_member_tombstones": "the same",
    "list_signing_apps": "whose app has signed is found by the app's key and proven by the signature",
}
CLAIMS = {
    "count_free_receipts": "a node settles for all organizations",
    "forget_settled_names": "and clears up after nodes of the version before, for all",
    "free_claims": "and leaves the claims of all",
    "free_messages": "the same, of messages",
    "list_silent_claims": "and those of a dead one",
    "release_silent_claims": "and those of a dead one",
    "release_silent_messages": "the same, of messages",
    "list_next_packs": "a node indexes packs for all organizations in turn",
}
DUTIES = {
    "get_backlog": "measures of the installation",
    "find_newest_seal": "a measure of the installation: the last seal of each organization",
    "get_pack_backlog": "measures of the installation",
    "get_outbox_backlog": "measures of the installation",
    "forget_old_uses": "a duty forgets old counts of all organizations",
    "has_left_gates": "whoever opens a ledger enters what a version before did to gates; a look at a partial index",
    "list_issue_sites": "a duty reads all sites in turn; a row for each organization",
    "list_tier_policies": "a duty follows all policies; a row for each organization",
}
OF_KINDS = {
    "clear_{kind}s": "rebuild",
    "count_{kind}_entries": "verify",
    "list_{kind}_entries_after": "rebuild",
    "list_former_{kind}_owners": "upgrade; a look at a partial index, or at a row for each organization",
    "read_{kind}_alias_rows": "verify",
    "read_{kind}_entries": "doctor",
    "read_{kind}_rows": "verify",
    "read_{kind}s": "doctor",
    "vacuum_{kind}_aliases": "erase",
    "vacuum_{kind}_entries": "erase",
    "vacuum_{kind}s": "erase",
}
OF_PARTS = {"check_{part}_rows": "doctor", "read_{part}_rows": "verify", "vacuum_{part}_rows": "erase"}
PLAIN = [one for one in AGGREGATES if one.keeping.is_plain]
MAINTENANCE = {
    **{named(template, one.kind): when for template, when in OF_KINDS.items() for one in PLAIN},
    **{named(template, part.table): when for template, when in OF_PARTS.items() for one in PLAIN for part in one.keeping.parts},
    "read_service_columns": "doctor",
    "clear_deployment_aliases": "rebuild",
    "clear_deployment_releases": "rebuild",
    "clear_deployment_tokens": "rebuild",
    "clear_deployments": "rebuild",
    "clear_issue_standings": "rebuild",
    "clear_lanes": "rebuild",
    "count_deployment_entries": "rebuild",
    "list_deployment_entries_after": "rebuild",
    "give_up_restored_deliveries": "restore",
    "give_up_restored_messages": "restore",
    "read_credentials": "doctor",
    "read_deployment_alias_rows": "verify",
    "read_deployment_release_rows": "verify",
    "read_deployment_rows": "verify",
    "read_deployment_token_rows": "verify",
    "read_deployments": "doctor",
    "read_deployment_entries": "doctor",
    "read_issue_standing_rows": "verify",
    "read_lane_rows": "verify",
    "read_receipts": "doctor",
    "read_seals": "doctor",
    "check_credentials": "doctor",
    "read_issues": "doctor",
    "read_outbox_attempts": "doctor",
    "read_outbox_messages": "doctor",
    "read_refused_requests": "doctor",
    "read_outbox_targets": "doctor",
    "read_packs": "doctor",
    "read_verdicts": "doctor",
    "vacuum_deployment_aliases": "erase",
    "vacuum_deployment_releases": "erase",
    "vacuum_deployment_tokens": "erase",
    "vacuum_deployments": "erase",
    "vacuum_entries": "erase",
    "vacuum_issue_standings": "erase",
    "vacuum_lanes": "erase",
    "vacuum_receipts": "erase",
    "vacuum_verdicts": "erase",
}
"""Commands that go through everything, and when."""

DAMAGE = {
    **{named("find_gaps_in_{kind}_entries", kind): "verify" for kind in AGGREGATES.kinds},
    "find_aliases_without_deployment": "verify",
    "find_deployments_at_wrong_version": "verify",
    "find_entries_without_deployment": "verify",
    "find_releases_without_deployment": "verify",
    "find_settled_without_verdict": "verify",
    "find_verdicts_without_deployment": "verify",
}
"""The same, over several tables, which they join by organization."""

EXCEPTIONS = LOOK_UPS | CLAIMS | DUTIES | MAINTENANCE | DAMAGE
"""Statements that no organization bounds, and why."""

INDEXES = """
SELECT c.relname AS table_name, i.indisprimary AS is_primary, i.indisunique AS is_unique, (
    SELECT array_agg(a.attname ORDER BY k.place)
    FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
) AS columns
FROM pg_class AS c
JOIN pg_index AS i ON i.indrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
REFERENCES = """
SELECT conrelid::regclass::text AS table_name, confrelid::regclass::text AS target, (
    SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = conrelid AND a.attnum = conkey[1]
) AS first
FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


@pytest.fixture
async def connection() -> AsyncIterator[asyncpg.Connection[Any]]:
    async with new_ledger_database() as url:
        connected = await asyncpg.connect(url)
        yield connected
        await connected.close()


async def list_tables(connection: asyncpg.Connection[Any]) -> frozenset[str]:
    return frozenset(row["relname"] for row in await connection.fetch(TABLES))


async def test_every_key_begins_with_the_organization(connection: asyncpg.Connection[Any]) -> None:
    keyed = set()
    for row in await connection.fetch(INDEXES):
        table, columns = row["table_name"], row["columns"]
        if row["is_unique"] and table not in OF_THE_INSTALLATION and (table, *columns) not in UNIQUE_EVERYWHERE:
            assert columns[0] == "organization_id", f"{table}: a key of {columns}"
        if row["is_primary"]:
            keyed.add(table)
    assert keyed == await list_tables(connection), "every table has a primary key"
    assert keyed >= OF_THE_INSTALLATION.keys()


async def test_every_reference_stays_within_the_organization(connection: asyncpg.Connection[Any]) -> None:
    references = await connection.fetch(REFERENCES)
    assert references
    for row in references:
        assert row["first"] == "organization_id", f"{row['table_name']} refers to {row['target']} by {row['first']}"
        assert row["target"] not in OF_THE_INSTALLATION.keys() - {"organization"}


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "citus"])
async def test_every_statement_is_bound_to_an_organization(connection: asyncpg.Connection[Any], dialect: Dialect) -> None:
    tables = await list_tables(connection) - OF_THE_INSTALLATION.keys()
    statements = load_statements(dialect)
    unbound = {}
    for name, statement in statements.items():
        standing, understood = list_mentions(statement.text, tables)
        assert standing == understood, f"{name}: a table stands where this test does not look"
        bounds = find_bounds(statement.text, kept_by_organization=tables, others=OF_THE_INSTALLATION.keys())
        assert not bounds.unjoined, f"{name} joins {sorted(bounds.unjoined)} by something else than the organization"
        if bounds.unbound:
            unbound[name] = sorted(bounds.unbound)
    assert unbound.keys() == EXCEPTIONS.keys() & statements.keys(), {
        name: unbound.get(name) for name in unbound.keys() ^ (EXCEPTIONS.keys() & statements.keys())
    }


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT state FROM receipt WHERE receipt_id = :receipt_id",
        "UPDATE receipt SET state = '' WHERE receipt_id IN (:a)",
        "SELECT 1 FROM receipt WHERE organization_id > :organization_id",
        "SELECT 1 FROM receipt WHERE (organization_id, receipt_id) > (:organization_id, :receipt_id)",
        "SELECT 1 FROM receipt AS r JOIN verdict AS v ON v.receipt_id = r.receipt_id WHERE r.organization_id = :organization_id",
        "SELECT 1 FROM organization AS o JOIN receipt AS r ON r.organization_id = o.organization_id",
        "SELECT 1 FROM receipt AS r WHERE r.organization_id = :o UNION SELECT 1 FROM receipt AS r WHERE r.receipt_id = :r",
        "INSERT INTO receipt (receipt_id, organization_id) VALUES (:receipt_id, :organization_id)",
    ],
)
def test_a_statement_that_is_not_bound_is_found(statement: str) -> None:
    tables = {"receipt", "verdict"}
    assert find_bounds(statement, kept_by_organization=tables, others=OF_THE_INSTALLATION.keys()).unbound <= tables
    assert find_bounds(statement, kept_by_organization=tables, others=OF_THE_INSTALLATION.keys()).unbound
