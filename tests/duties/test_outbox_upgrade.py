"""What other versions noted is sent once, and what is computed anew is not sent again."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from datetime import timedelta

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.gating.gate import GateStatus
from shipledger.ingestion.rebuild import copy_records
from shipledger.protocols.times import format_time
from shipledger.store.migration_files import list_revisions
from shipledger.store.outbox.gate_messages import tell_of_gates
from shipledger.store.sqlite import migrate
from tests.support.factories import ACME
from tests.support.gating import decide_gate
from tests.support.outboxes import add_app, ask, list_messages, send, worker
from tests.support.stores import STORES, opened, sqlite_url

SECOND = timedelta(seconds=1)


NOTE = """
INSERT INTO gate_delivery
    (organization_id, deployment_id, change, status, changed_us, state, attempts, due_us, answered_us, answer)
VALUES ('{}', '{}', {}, '{}', {}, '{}', {}, {}, {}, '{}')
"""


async def test_what_a_node_of_the_version_before_noted_is_taken_over_and_sent_once(target, clock, tmp_path):
    async with STORES["sqlite"](tmp_path) as store, worker(store, clock) as outbox:
        await add_app(store, target)
        gate = await ask(store, 1)
        await decide_gate(store, gate, GateStatus.PREVENTED)
        at = to_microseconds(clock.now())
        with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as file, file:
            file.execute("PRAGMA foreign_keys = ON")
            file.execute("DELETE FROM outbox_target")
            file.execute(NOTE.format(ACME, gate.deployment_id, 1, "awaiting", at, "delivered", 3, at, at, "204"))
            file.execute(NOTE.format(ACME, gate.deployment_id, 2, "prevented", at, "pending", 1, at, "NULL", "503"))
        await send(outbox)
        await send(outbox)
        assert await store.take_over_deliveries(ACME) == 0
    (call,) = target.got
    assert call.body["gatingStatus"] == "prevented"
    assert call.headers["x-atlassian-webhook-identifier"] == f"{gate.deployment_id}-2"
    assert call.headers["x-atlassian-webhook-retry"] == "1"
    assert call.body["updatedTimestamp"] == format_time(from_microseconds(at))


async def test_a_downgrade_leaves_the_version_before_what_is_still_to_be_told(target, clock, tmp_path):
    async with STORES["sqlite"](tmp_path) as store, worker(store, clock) as outbox:
        await add_app(store, target)
        gate = await ask(store, 1)
        await send(outbox)
        await decide_gate(store, gate, GateStatus.ALLOWED)
    before = next(earlier for earlier, later in itertools.pairwise(list_revisions()) if later.endswith("_outbox"))
    migrate.downgrade(tmp_path / "ledger.db", before)
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db")) as file:
        noted = file.execute(
            "SELECT deployment_id, change, status, state, attempts FROM gate_delivery ORDER BY change"
        ).fetchall()
    assert noted == [
        (gate.deployment_id, 1, "awaiting", "delivered", 1),
        (gate.deployment_id, 2, "allowed", "pending", 0),
    ]
    migrate.upgrade(tmp_path / "ledger.db")
    async with opened(sqlite_url(tmp_path)) as store, worker(store, clock) as outbox:
        await send(outbox)
    assert [call.body["gatingStatus"] for call in target.got] == ["awaiting", "allowed"]


async def test_an_occasion_that_is_told_again_writes_nothing(store, target, outbox):
    await add_app(store, target)
    gate = await ask(store, 1)
    await send(outbox)
    sent = await list_messages(store)
    await store._write_steps(tell_of_gates([gate]))
    await store.clear_projections()
    await copy_records(store, store, report=lambda _: None)
    await send(outbox)
    assert await list_messages(store) == sent
    assert len(target.got) == 1
