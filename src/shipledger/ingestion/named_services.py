"""The services that senders name: each exists once what names it is recorded. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.aggregates import AGGREGATES, Recording
from shipledger.catalog.service import SERVICE_NAME_LIMIT
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.receipts.settled import NamedService


def list_named_services(
    recordings: Sequence[Recording], verdicts: Sequence[Verdict], aggregates: Aggregates = AGGREGATES
) -> tuple[NamedService, ...]:
    """The services that recordings name which were not rejected, each once. A name that no service can have names none."""
    named: dict[str, int] = {}
    for item, (recording, verdict) in enumerate(zip(recordings, verdicts, strict=True)):
        if verdict.kind is not VerdictKind.REJECTED:
            for name in aggregates.of(recording).services_in(recording):
                named.setdefault(name, item)
    return tuple(one for one in named.items() if one[0].strip() and len(one[0]) <= SERVICE_NAME_LIMIT)
