"""What of an incident stands in columns of its own. Pure."""

from __future__ import annotations

from shipledger.clock import to_microseconds
from shipledger.incidents.model import Incident, IncidentEntry, RecordIncident


def to_columns(incident: Incident) -> tuple[int, int | None]:
    """Its start and its end, in microseconds."""
    return to_microseconds(incident.started_at), None if incident.ended_at is None else to_microseconds(incident.ended_at)


def number_of(entry: IncidentEntry) -> int | None:
    """The number that an entry gives: only the first one of an incident does."""
    submission = entry.submission
    return submission.number or None if entry.version == 1 and isinstance(submission, RecordIncident) else None
