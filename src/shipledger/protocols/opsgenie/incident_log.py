"""The log of an incident: what its entries say, in this API's words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import (
    ChangeIncident,
    IncidentEntry,
    IncidentFacts,
    IncidentSubmission,
    RecordIncident,
)
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.registers import said_in
from shipledger.protocols.opsgenie.incident_wire import LogOut
from shipledger.protocols.times import format_time

LOG_TYPE = "system"
QUOTED_CHARACTERS = 200
"""So much of a text is in the log; the whole is in the incident and its notes."""

_STATUSES: dict[IncidentStatus, str] = {
    IncidentStatus.OPEN: "Incident reopened",
    IncidentStatus.RESOLVED: "Incident resolved",
    IncidentStatus.CLOSED: "Incident closed",
}
_FACTS: dict[str, str] = {
    "title": "message",
    "severity": "priority",
    "started_at": "start of the impact",
    "ended_at": "end of the impact",
    "service_ids": "ids of impacted services",
    "services": "impacted services",
    "team": "owner team",
}
_QUOTED = frozenset({"title", "severity", "description", "team"})


def to_log(entries: Iterable[IncidentEntry]) -> list[LogOut]:
    """A line for everything that was said, oldest first; nothing of what was erased. Keys are no persons: there is no owner."""
    said = [
        (text, entry)
        for entry in entries
        if not isinstance(entry.submission, Erased | Erase)
        for text in _tell(entry.submission, is_first=entry.version == 1)
    ]
    return [
        LogOut(log=text, type=LOG_TYPE, owner="", created_at=format_time(entry.accepted_at), offset=str(place))
        for place, (text, entry) in enumerate(said)
    ]


def _tell(submission: IncidentSubmission, *, is_first: bool) -> Iterator[str]:
    if isinstance(submission, RecordIncident):
        yield "Incident created" if is_first else "Incident reported again"
        if submission.facts.ended_at:
            yield _STATUSES[IncidentStatus.CLOSED]
        yield from _tell_notes(submission.notes)
    elif isinstance(submission, ChangeIncident):
        if submission.report is not None:
            yield _STATUSES[submission.report.status]
        yield from _tell_facts(submission.facts)
        yield from _tell_elements(submission.elements)
        yield from _tell_notes(submission.notes)


def _tell_facts(facts: IncidentFacts) -> Iterator[str]:
    for name, value in said_in(facts).items():
        to = f" to {_quote(value)}" if name in _QUOTED and isinstance(value, str) else ""
        yield f"Changed {_FACTS.get(name, name.replace('_', ' '))}{to}"


def _tell_elements(elements: tuple[Element, ...]) -> Iterator[str]:
    for kind in ElementKind:
        for verb, is_there in (("Added", True), ("Removed", False)):
            named = [_name_of(one) for one in elements if one.kind is kind and (one.value is not None) is is_there]
            if named:
                yield f"{verb} {kind}{'s' if len(named) > 1 else ''} {_quote(', '.join(named))}"


def _tell_notes(notes: tuple[IncidentNote, ...]) -> Iterator[str]:
    for note in notes:
        yield f"Added note {_quote(note.text)}"


def _name_of(element: Element) -> str:
    if element.kind is ElementKind.DETAIL and element.value is not None:
        return f"{element.key}: {element.value}"
    return element.value or element.key


def _quote(text: str) -> str:
    return f"[{text if len(text) <= QUOTED_CHARACTERS else f'{text[:QUOTED_CHARACTERS]}…'}]"
