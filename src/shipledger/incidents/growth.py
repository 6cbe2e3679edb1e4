"""How much one incident may hold: each change of it reads and writes all of it, so without a bound the next one costs more."""

from __future__ import annotations

from shipledger.incidents.model import Incident

PARTS_LIMIT = 1000
"""Of notes, of reports that it was resolved, closed or opened again, and of tags, details and responders together.

What was taken away counts too: it is kept, so that a late repeat does not bring it back.
"""
CHARACTERS_LIMIT = 1024 * 1024
"""Of its notes, and of its tags, details and responders."""


def find_overflow(before: Incident | None, after: Incident) -> str:
    """A sentence on what ``after`` has too much of, and more of than ``before``; "" when it may be kept."""
    for name, size in _measure(after).items():
        if size > _LIMITS[name] and (before is None or size > _measure(before)[name]):
            return f"An incident may hold at most {_LIMITS[name]} {name}; this one would hold {size}."
    return ""


_NOTES, _REPORTS = "notes", "reports that it was resolved, closed or opened again"
_ELEMENTS = "tags, details and responders, including removed ones"
_CHARACTERS = "characters in its notes, tags, details and responders"
_LIMITS = {_NOTES: PARTS_LIMIT, _REPORTS: PARTS_LIMIT, _ELEMENTS: PARTS_LIMIT, _CHARACTERS: CHARACTERS_LIMIT}


def _measure(incident: Incident) -> dict[str, int]:
    elements = [(key, held.value or "") for by_key in incident.elements.values() for key, held in by_key.items()]
    return {
        _NOTES: len(incident.notes),
        _REPORTS: len(incident.reports),
        _ELEMENTS: len(elements),
        _CHARACTERS: sum(len(note.text) for note in incident.notes) + sum(len(key) + len(value) for key, value in elements),
    }
