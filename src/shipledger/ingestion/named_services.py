"""The services that senders name: each exists once what names it is recorded. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.service import SERVICE_NAME_LIMIT
from shipledger.incidents.model import ChangeIncident, RecordIncident, Recording
from shipledger.ledger.submission import Amend, RecordDeployment
from shipledger.ledger.verdict import Verdict, VerdictKind


def list_named_services(recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """The services that recordings name which were not rejected, each once. A name that no service can have names none."""
    named: dict[str, None] = {}
    for recording, verdict in zip(recordings, verdicts, strict=True):
        if isinstance(recording, _MAY_NAME) and verdict.kind is not VerdictKind.REJECTED and recording.facts.services:
            foreign = recording.foreign_services if isinstance(recording, RecordDeployment) else ()
            named.update((name, None) for name in recording.facts.services if name not in foreign)
    return tuple(name for name in named if name.strip() and len(name) <= SERVICE_NAME_LIMIT)


_MAY_NAME = (RecordDeployment, Amend, RecordIncident, ChangeIncident)
