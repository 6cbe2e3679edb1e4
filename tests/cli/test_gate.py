"""``shipledger gate``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.ledger.state import State
from shipledger.ledger.submission import Pipeline
from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


async def ask_twice(pen: Pen) -> list[str]:
    """Two deployments that wait at their gates, the first one's first."""
    pipeline = Pipeline(id="shop", name="Shop")
    verdicts = [
        (await pen.record(at=NOW + timedelta(hours=hours), state=State.PENDING, asks_for_gate=True, pipeline=pipeline))[1]
        for hours in (0, 1)
    ]
    return [str(verdict.deployment_id) for verdict in verdicts]


@pytest.mark.both_stores
def test_gates_are_listed_and_decided_once(cli: Commands, write) -> None:
    first, second = write(ask_twice)

    assert [gate["key"] for gate in cli("gate", "list", "--json").json["gates"]] == ["GATE-2", "GATE-1"]
    assert [gate["deployment_id"] for gate in cli("gate", "list", "--before", "gate-2", "--json").json["gates"]] == [first]
    allowed = cli("gate", "allow", first, "--reason", "Reviewed.", "--json").json
    assert (allowed["key"], allowed["status"], allowed["reason"]) == ("GATE-1", "allowed", "Reviewed.")
    assert [(one["status"], one["actor"]) for one in allowed["history"]][1:] == [("allowed", "command:gate")]
    assert "prevented by command:gate" in cli("gate", "prevent", "GATE-2").out
    assert "GATE-1 was allowed at" in cli("gate", "prevent", "GATE-1", code=1).err
    assert cli("gate", "show", "GATE-1", "--json").json == allowed
    assert cli("gate", "show", second, "--json").json["status"] == "prevented"
    assert cli("gate", "list", "--status", "awaiting", "--json").json == {"gates": [], "next_before": None}
    assert "Reviewed." in cli("gate", "list").out
    assert "an operator, with shipledger gate" in cli("deployments", "show", first).out


def test_what_names_no_gate_is_refused_in_a_sentence(cli: Commands) -> None:
    assert "There is no gate 'GATE-1'" in cli("gate", "allow", "GATE-1", code=1).err
    assert "GATE-7" in cli("gate", "list", "--before", "7", code=2).err
    assert "at most 1000 characters" in cli("gate", "allow", "GATE-1", "--reason", "x" * 1001, code=2).err
