"""What of an incident stands in columns of its own. Pure."""

from __future__ import annotations

from shipledger.clock import to_microseconds
from shipledger.incidents.model import Incident, IncidentEntry, RecordIncident
from shipledger.search_words import words_of


def to_columns(incident: Incident) -> tuple[int, int | None]:
    """Its start and its end, in microseconds."""
    return to_microseconds(incident.started_at), None if incident.ended_at is None else to_microseconds(incident.ended_at)


def to_tokens(incident: Incident) -> list[tuple[str, int]]:
    """The words of its title, each with the start."""
    placed_us = to_microseconds(incident.started_at)
    return [(word, placed_us) for word in words_of(incident.facts.title)]


def number_of(entry: IncidentEntry) -> int | None:
    """The number that an entry gives: only the first one of an incident does."""
    submission = entry.submission
    return submission.number or None if entry.version == 1 and isinstance(submission, RecordIncident) else None
