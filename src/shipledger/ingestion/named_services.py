"""The services that senders name: each exists once what names it is recorded. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.aggregates import AGGREGATES, Recording
from shipledger.catalog.service import SERVICE_NAME_LIMIT
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.verdict import Verdict, VerdictKind


def list_named_services(
    recordings: Sequence[Recording], verdicts: Sequence[Verdict], aggregates: Aggregates = AGGREGATES
) -> tuple[str, ...]:
    """The services that recordings name which were not rejected, each once. A name that no service can have names none."""
    named: dict[str, None] = {}
    for recording, verdict in zip(recordings, verdicts, strict=True):
        if verdict.kind is not VerdictKind.REJECTED:
            named.update(dict.fromkeys(aggregates.of(recording).services_in(recording)))
    return tuple(name for name in named if name.strip() and len(name) <= SERVICE_NAME_LIMIT)
