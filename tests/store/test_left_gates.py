"""A gate that a version without entries opened or decided gets an entry, with the migration as actor, and holds like any other.

A node of that version may run beside this one. It changes the rows of gates as these tests do.
"""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from shipledger.erasure.eraser import Eraser
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import KeepGate
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ingestion.refolding import Refolding
from shipledger.ledger.chain import Finding
from shipledger.ledger.state import State
from shipledger.sealing.checking import check_chains
from shipledger.sealing.sealer import Sealer
from shipledger.store.contract import Store
from shipledger.store.gates.left import MIGRATION
from shipledger.store.migration_files import list_revisions
from shipledger.store.postgres import migrate as postgres_migrate
from shipledger.store.postgres.connection import connected
from shipledger.store.postgres.options import Options
from shipledger.store.postgres.runner import Runner
from shipledger.store.sqlite import migrate as sqlite_migrate
from shipledger.store.upkeep.contract import Difference
from tests.erasure.conftest import Ticking
from tests.support.factories import ACME, make_credential, make_id, make_organization, make_record, make_report, write
from tests.support.gating import decide_gate
from tests.support.postgres import new_ledger_database
from tests.support.stores import opened, sqlite_url

OPENED = """
INSERT INTO gate (organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason{columns})
VALUES ('acme', '{id}', 7, '{credential}', '{{"pipeline_id":"shop","environment_id":"prod","sequence":1}}', 'awaiting',
        1772443800123456, 1772443800123456, ''{values})
"""
DECIDED = (
    "UPDATE gate SET status = 'prevented', reason = 'Not \u00fcber \"there\".', changed_us = 1772443801000000 WHERE number = 1"
)


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
    else:
        async with new_ledger_database() as url:
            yield url


def ask(number):
    return replace(make_record(number, state=make_report(State.PENDING), sequence=number), asks_for_gate=True)


async def change(database_url: str, statement: str) -> None:
    """Do what a node of the version before does."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection, connection:
            assert connection.execute(statement).rowcount == 1
        return
    connection = await asyncpg.connect(database_url)
    assert await connection.execute(statement) in ("UPDATE 1", "INSERT 0 1")
    await connection.close()


async def leave(database_url: str) -> tuple[str, str]:
    """The ids of a deployment whose gate an older node opened, and of one about whose gate it decided."""
    async with opened(database_url) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        entered = await write(store, 1, ask(1))
        asked = replace(ask(2), asks_for_gate=False)
        left = await write(store, 2, asked)
    own = {"columns": ", gate_id", "values": f", '{left.deployment_id}'"} if database_url.startswith("sqlite") else {}
    words = {"columns": "", "values": ""} | own
    await change(database_url, OPENED.format(id=left.deployment_id, credential=make_id(1), **words))
    await change(database_url, DECIDED)
    return left.deployment_id, entered.deployment_id


async def verify(store: Store, folder: Path) -> list[Difference]:
    """What a server finds that has upgraded the ledger: migrations leave to that what rules make of entries."""
    damage: list[Difference] = []
    await Refolding(store, lambda: 0.0, silent_seconds=1).run()
    async with opened(f"sqlite:///{folder / 'scratch.db'}") as scratch:
        await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    (folder / "scratch.db").unlink()
    return damage


async def downgrade(database_url: str, revision: str) -> None:
    if database_url.startswith("sqlite"):
        sqlite_migrate.downgrade(Path(database_url.removeprefix("sqlite:///")), revision)
        return
    async with connected(database_url, Options()) as connection:
        await postgres_migrate.downgrade(connection, Runner(), revision)


async def test_it_is_entered_by_who_opens_the_ledger_and_holds_as_do_those_of_a_ledger_that_is_migrated(database_url, tmp_path):
    opened_id, decided_id = await leave(database_url)
    async with opened(database_url) as store:
        waiting, decided = await store.find_gate(ACME, opened_id), await store.find_gate(ACME, decided_id)
        assert (waiting.key, waiting.status, waiting.credential_id) == ("GATE-7", GateStatus.AWAITING, make_id(1))
        assert [str(one.actor) for one in decided.changes] == [f"credential:{make_id(1)}", str(MIGRATION)]
        assert (decided.status, decided.changes[1].reason) == (GateStatus.PREVENTED, 'Not \u00fcber "there".')
        entries = [await store.list_entries_of("gate", ACME, one.gate_id) for one in (waiting, decided)]
        assert [(len(one), type(one[-1].submission), one[-1].actor) for one in entries] == [
            (1, KeepGate, MIGRATION),
            (2, KeepGate, MIGRATION),
        ]
        assert await store.enter_left_gates() == 0
        assert await verify(store, tmp_path) == []

    before = next(earlier for earlier, later in itertools.pairwise(list_revisions()) if later == MIGRATION.id)
    await downgrade(database_url, before)
    async with opened(database_url) as store:
        gates = await store.list_gates(ACME, status=None, before_number=None, limit=9)
        assert [(one.number, one.status, one.version, one.gate_id) for one in gates] == [
            (7, GateStatus.AWAITING, 1, opened_id),
            (1, GateStatus.PREVENTED, 1, decided_id),
        ]
        assert gates[1].changes == decided.changes
        assert await verify(store, tmp_path) == []
        digests = await store.digest_projections()
        await rebuild_projections(store, advance=lambda *_: None, report=lambda found: pytest.fail(str(found)))
        assert await store.digest_projections() == digests
        await decide_gate(store, gates[0], GateStatus.ALLOWED)
        assert (await store.find_gate(ACME, opened_id)).status is GateStatus.ALLOWED
        later = await write(store, 3, ask(3))
        assert (await store.find_gate(ACME, later.deployment_id)).number == 8

        sealer = Sealer(store, Ticking())
        await sealer.seal(ACME, until=await sealer.find_heads(ACME))
        await Eraser(store, Ticking(), grace_seconds=0).erase_credential(ACME, make_id(1))
        assert await store.find_gate(ACME, opened_id) is None
        findings: list[Finding] = []
        await check_chains(store, report=lambda _, found: findings.append(found))
        assert findings == []
