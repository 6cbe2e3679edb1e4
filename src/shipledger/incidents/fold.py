"""Fold entries into an incident: every fact is a register that keeps the greatest order, as those of deployments are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shipledger.incidents.elements import join_elements
from shipledger.incidents.marks import MARK_NAMES, IncidentMarks, join_marks
from shipledger.incidents.model import (
    ChangeIncident,
    Incident,
    IncidentEntry,
    IncidentFacts,
    MarkIncident,
    RecordIncident,
    RemoveIncident,
)
from shipledger.incidents.notes import join_notes
from shipledger.incidents.standing import join_reports
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.marks import join_markings
from shipledger.ledger.registers import find_winners, said_in
from shipledger.ledger.replay import replay
from shipledger.ledger.submission import Order


class IncidentJoin(Struct, frozen=True):
    """What joining one submission did.

    ``is_raised``: there is something to remember. ``is_changed``: and to see. ``is_outranked``: something that it says does
    not stand, as something newer does.
    """

    incident: Incident
    is_raised: bool
    is_changed: bool
    is_outranked: bool = False


def fold_history(entries: Sequence[IncidentEntry]) -> Incident | None:
    """The incident that all its entries make; None when those that record it are erased."""
    return replay(entries, fold, begins=lambda entry: entry.version == 1 or isinstance(entry.submission, RecordIncident))


def fold(current: Incident | None, entry: IncidentEntry) -> Incident:
    """The incident after ``entry``. The first entry of an incident must be a RecordIncident."""
    joined = join(current, entry).incident
    return replace(
        joined,
        version=entry.version,
        recorded_at=min(joined.recorded_at, entry.recorded_at),
        updated_at=max(joined.updated_at, entry.recorded_at),
    )


def join(current: Incident | None, entry: IncidentEntry) -> IncidentJoin:
    """What ``entry`` makes of ``current``."""
    submission = entry.submission
    if isinstance(submission, Erased | Erase):
        raise ValueError("it is erased")  # noqa: TRY004  a value that no caller may give; ``fold_history`` passes over it
    if isinstance(submission, RecordIncident):
        return _join_record(current, entry, submission)
    if current is None:
        raise ValueError("an incident begins with the submission that records it")
    if isinstance(submission, RemoveIncident):
        return IncidentJoin(incident=replace(current, is_removed=True), is_raised=not current.is_removed, is_changed=True)
    if isinstance(submission, MarkIncident):
        return _join_mark(current, entry, submission)
    joined = _join_change(current, submission)
    return IncidentJoin(
        incident=joined,
        is_raised=joined != current,
        is_changed=_shown(joined) != _shown(current),
        is_outranked=not _stands(submission, joined),
    )


def _join_record(current: Incident | None, entry: IncidentEntry, submission: RecordIncident) -> IncidentJoin:
    base = current or Incident(
        organization_id=entry.organization_id,
        incident_id=entry.incident_id,
        source=submission.source,
        version=entry.version,
        recorded_at=entry.recorded_at,
        updated_at=entry.recorded_at,
        facts=IncidentFacts(),
        orders={},
        sender=submission.sender,
    )
    identities = tuple(sorted({*base.identities, *submission.identities}))
    joined = _join_facts(replace(base, identities=identities), submission.facts, submission.order)
    joined = _join_facts(joined, submission.assumed, submission.assumed_order)
    joined = replace(
        joined,
        number=base.number or submission.number,
        elements=join_elements(base.elements, submission.elements, submission.assumed_order),
        notes=join_notes(base.notes, submission.notes),
    )
    return IncidentJoin(
        incident=joined,
        is_raised=current is None or joined != base,
        is_changed=current is None or _shown(joined) != _shown(base),
    )


def _join_change(current: Incident, submission: ChangeIncident) -> Incident:
    joined = _join_facts(current, submission.facts, submission.order)
    return replace(
        joined,
        elements=join_elements(current.elements, submission.elements, submission.order),
        notes=join_notes(current.notes, submission.notes),
        reports=join_reports(current.reports, submission.report),
    )


def _join_mark(current: Incident, entry: IncidentEntry, submission: MarkIncident) -> IncidentJoin:
    said, order = submission.marks, submission.order
    marked = join_markings(current.marked, said, MARK_NAMES, order, at=entry.accepted_at, actor=entry.actor)
    marks = join_marks(current.marks, current.marked, said, marked)
    identities = tuple(sorted({*current.identities, *submission.names}))
    joined = replace(current, marks=marks, marked=marked, identities=identities)
    return IncidentJoin(
        incident=joined,
        is_raised=joined != current,
        is_changed=_without_withdrawn(marks) != _without_withdrawn(current.marks),
        is_outranked=any(getattr(said, name) not in (UNSET, getattr(marks, name)) for name in MARK_NAMES),
    )


def _without_withdrawn(marks: IncidentMarks) -> dict[str, Any]:
    return {name: value for name in MARK_NAMES if (value := getattr(marks, name)) not in (UNSET, None)}


def _shown(incident: Incident) -> tuple[Any, ...]:
    """What a reader sees of an incident."""
    parts = (incident.tags, incident.details, incident.responders, incident.told_notes)
    return (incident.facts, incident.standing, *parts)


def _stands(submission: ChangeIncident, joined: Incident) -> bool:
    """Whether all that ``submission`` says is what ``joined`` shows."""
    facts = all(said == getattr(joined.facts, name) for name, said in said_in(submission.facts).items())
    elements = all(joined.elements[one.kind][one.key].value == one.value for one in submission.elements)
    return facts and elements and (submission.report is None or submission.report.status is joined.status)


def _join_facts(incident: Incident, facts: IncidentFacts, order: Order) -> Incident:
    winners = find_winners(said_in(facts), order, incident.facts, incident.orders)
    if not winners:
        return incident
    return replace(
        incident, facts=replace(incident.facts, **winners), orders={**incident.orders, **dict.fromkeys(winners, order)}
    )
