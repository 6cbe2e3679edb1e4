"""What of a gate stands in columns of its own. Pure."""

from __future__ import annotations

import msgspec

from shipledger.clock import to_microseconds
from shipledger.gating.gate import Gate
from shipledger.ledger.aggregate import Column
from shipledger.texts import storable

COLUMNS = (
    Column("deployment_id", "text"),
    Column("number", "integer"),
    Column("credential_id", "text"),
    Column("subject", "text"),
    Column("status", "text"),
    Column("asked_us", "bigint"),
    Column("changed_us", "bigint"),
    Column("reason", "text"),
    Column("entered_status", "text"),
)
"""Those of a version before, which may run beside this one, and the status that entries say."""


def to_columns(gate: Gate) -> tuple[object, ...]:
    """Their values."""
    return (
        gate.deployment_id,
        gate.number,
        gate.credential_id,
        storable(msgspec.json.encode(gate.subject).decode()),
        gate.status.value,
        to_microseconds(gate.asked_at),
        to_microseconds(gate.changed_at),
        storable(gate.reason),
        gate.status.value,
    )
