"""``shipledger verify`` names what was changed, taken away or slipped in after it was sealed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipledger.clock import Clock
from shipledger.sealing.sealer import Sealer
from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

COPY = """
    INSERT INTO entry (organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission, position)
    SELECT organization_id, 'forged', 1, receipt_id, item, accepted_us, recorded_us, submission, position - 1
    FROM entry WHERE deployment_id = ?
"""

TAMPERING = {
    "changed": ("UPDATE entry SET submission = replace(submission, 'Release', 'Rollback') WHERE deployment_id = ?", "entry 1"),
    "backdated": ("UPDATE entry SET recorded_us = recorded_us - 1 WHERE deployment_id = ?", "entry 1"),
    "said of another": ("UPDATE entry SET actor = 'credential:other' WHERE deployment_id = ?", "entry 1"),
    "said of nobody": ("UPDATE entry SET actor = '' WHERE deployment_id = ?", "entry 1"),
    "taken away": ("DELETE FROM entry WHERE deployment_id = ?", "missing"),
    "erased without a trace": (
        """UPDATE entry SET submission = '{"type":"erased"}' WHERE deployment_id = ?""",
        "changed",
    ),
    "slipped in": (COPY, "entry 1 of deployment forged"),
}


async def record_and_seal(pen: Pen) -> str:
    """Three deployments at even places, sealed; the second one's id."""
    ids = []
    for number in range(3):
        _, verdict = await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}")
        ids.append(verdict.deployment_id or "")
    return ids[1]


def seal(write) -> None:
    async def run(pen: Pen) -> None:
        sealer = Sealer(pen.store, Clock())
        await sealer.seal(pen.organization_id, until=await sealer.find_heads(pen.organization_id))

    write(run)


def tamper(database: Path, statement: str, *parameters: str) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute(statement, parameters).rowcount > 0
    connection.close()


@pytest.mark.parametrize("statement, told", TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_named(cli: Commands, write, database: Path, statement: str, told: str) -> None:
    deployment_id = write(record_and_seal)
    tamper(database, "UPDATE entry SET position = 100 + position * 2 WHERE ?", "1")
    seal(write)
    assert cli("verify", "--json").json["damage"] == []

    tamper(database, statement, deployment_id)

    damage = [one for one in cli("verify", "--json", code=1).json["damage"] if one["table"] == "seal"]
    assert len(damage) == 1
    assert told in f"{damage[0]['key']} {damage[0]['sentence']}"
    assert "seal 1" in damage[0]["sentence"]


def test_a_chain_made_anew_is_found_by_a_head_that_was_noted(cli: Commands, write, database: Path) -> None:
    deployment_id = write(record_and_seal)
    seal(write)
    noted = cli("verify", "--json").json["chains"][0]["head"]
    assert f"1 seals over 3 entries, 0 of them erased; 0 not yet sealed. Head: {noted}" in cli("verify").out

    tamper(database, "DELETE FROM entry_seal WHERE ?", "1")
    tamper(database, *(TAMPERING["backdated"][0], deployment_id))
    seal(write)
    cli("rebuild")

    assert cli("verify", "--json").json["damage"] == []
    assert noted in cli("verify", "--expect-head", noted, code=1).out
