"""Marks as lines of a page: what was said by hand, by whom, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct

from shipledger.incidents.marks import MARK_NAMES, Cause
from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.marks import Marking
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.web.pages.words import fact_name

_OF_DEPLOYMENTS = ("is_change_failure", "is_unplanned", "note")
"""What remedied a deployment has lines of its own."""


class Named(Struct, frozen=True):
    """A part of a mark; ``path`` is the page of what it names, "" if it names nothing that has one."""

    text: str
    path: str = ""


class MarkLine(Struct, frozen=True):
    """One mark. ``sender``: the name of the credential that said it last, "" if that is gone; ``receipt_id`` the request."""

    name: str
    parts: tuple[Named, ...]
    at: datetime
    sender: str
    receipt_id: str


def list_deployment_marks(
    deployment: Deployment, entries: Iterable[Entry], verdicts: Iterable[RecordedVerdict], people: Mapping[str, str]
) -> list[MarkLine]:
    """The marks of a deployment that stand. ``people``: names by id."""
    said = {name: _to_words(getattr(deployment.facts, name)) for name in _OF_DEPLOYMENTS}
    return list(_lines(said, deployment.marked, entries, verdicts, people))


def list_incident_marks(
    incident: Incident, entries: Iterable[IncidentEntry], verdicts: Iterable[RecordedVerdict], people: Mapping[str, str]
) -> list[MarkLine]:
    """The marks of an incident that stand. ``people``: names by id."""
    marks = incident.marks
    said = {name: _to_words(getattr(marks, name)) for name in MARK_NAMES}
    if marks.caused_by:
        said["caused_by"] = tuple(Named(one, f"/deployments/{one}") for one in marks.caused_by)
    if marks.duplicate_of:
        said["duplicate_of"] = (Named(marks.duplicate_of, f"/incidents/{marks.duplicate_of}"),)
    return list(_lines(said, incident.marked, entries, verdicts, people))


def _lines(
    said: Mapping[str, tuple[Named, ...]],
    marked: Mapping[str, Marking],
    entries: Iterable[Entry | IncidentEntry],
    verdicts: Iterable[RecordedVerdict],
    people: Mapping[str, str],
) -> Iterator[MarkLine]:
    receipts = {getattr(one.submission, "order", None): one.receipt_id for one in entries}
    senders = {one.receipt_id: people.get(one.asker.id if one.asker else "", "") or one.credential_name for one in verdicts}
    for name, parts in said.items():
        marking = marked.get(name)
        if parts and marking is not None:
            receipt_id = receipts.get(marking.order, "")
            words = fact_name(name)
            yield MarkLine(words.capitalize(), parts, marking.at, senders.get(receipt_id, ""), receipt_id)


def _to_words(value: Any) -> tuple[Named, ...]:
    """A No says as much as a yes. Nothing for what was not said, or withdrawn."""
    if value is UNSET or value is None:
        return ()
    if isinstance(value, bool):
        return (Named("yes" if value else "no"),)
    if isinstance(value, Cause):
        return (Named(value.words, f"/deployments/{value.deployment_id}" if value.deployment_id else ""),)
    if isinstance(value, tuple):
        return tuple(part for one in value for part in _to_words(one))
    return (Named(str(value)),)
