"""``/incidents/{id}``: one incident with what is known of it, its history, its notes and the writes that made it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.marks import MARK_NAMES
from shipledger.incidents.model import (
    ChangeIncident,
    Incident,
    IncidentEntry,
    IncidentFacts,
    IncidentSubmission,
    MarkIncident,
    RecordIncident,
)
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.registers import said_in
from shipledger.ledger.titles import title_of
from shipledger.verbs.home import lacks_cause
from shipledger.verbs.person_names import find_person_names
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.incident_rows import to_row
from shipledger.web.pages.isolation import list_in_text
from shipledger.web.pages.marks import list_incident_marks
from shipledger.web.pages.words import fact_name

_TOLD = frozenset({"title", "severity"})
"""Facts whose value is short enough for the history."""


class Step(Struct, frozen=True):
    """One entry in the history. ``status`` is what it reported, ``said`` what else it said, in words."""

    status: IncidentStatus | None
    said: tuple[str, ...]
    notes: tuple[IncidentNote, ...]
    source: str
    accepted_at: datetime
    receipt_id: str


async def show(frame: Frame, request: Request) -> Response:
    """The page of one incident. Raises NotFound."""
    organization_id = viewer_of(request).organization_id
    incident_id = request.path_params["incident_id"].strip("{}").lower()
    incident = await frame.ledger.find_incident(organization_id, incident_id)
    if incident is None:
        raise NotFound("incident", f"No incident has the id {incident_id}. It may belong to another organization.")
    entries, verdicts = await asyncio.gather(
        frame.ledger.list_incident_entries(organization_id, incident_id),
        frame.ledger.list_incident_verdicts(organization_id, incident_id),
    )
    services = await _services_of(frame, organization_id, incident)
    people = await find_person_names(frame.ledger, [one.asker for one in verdicts])
    suspect = await _find_suspect(frame, incident)
    row = to_row(incident, await frame.ledger.find_tier_policy(organization_id))
    return await frame.render_live(
        request,
        "incident.html",
        shown=[row, len(verdicts), services, suspect and suspect.deployment_id],
        row=row,
        incident=incident,
        services=services,
        steps=_steps(entries),
        people=people,
        marks=list_incident_marks(incident, entries, verdicts, people),
        verdicts=verdicts,
        lacks_cause=lacks_cause(incident),
        suspect=suspect,
        suspect_title=title_of(suspect) if suspect else "",
        server_url=(frame.settings.public_url or f"http://127.0.0.1:{frame.settings.port}").rstrip("/"),
    )


async def _find_suspect(frame: Frame, incident: Incident) -> Deployment | None:
    """Of what ran of its services when it began, what had come to run last: an example that can be pasted, and no accusation."""
    names = list(incident.facts.services or ()) if lacks_cause(incident) else []
    found = await frame.ledger.find_named_services(incident.organization_id, names) if names else {}
    if not found:
        return None
    running = await frame.ledger.list_running(incident.organization_id, sorted(set(found.values())), at=incident.started_at)
    latest = max(running, key=lambda one: one.since, default=None)
    return None if latest is None else latest.runs


def _steps(entries: Iterable[IncidentEntry]) -> list[Step]:
    """What each entry said, newest first; nothing of erased ones."""
    said = [(entry, entry.submission) for entry in entries]
    return [_to_step(entry, what) for entry, what in reversed(said) if not isinstance(what, Erased | Erase)]


def _to_step(entry: IncidentEntry, submission: IncidentSubmission) -> Step:
    status: IncidentStatus | None = None
    said: list[str] = []
    notes: tuple[IncidentNote, ...] = ()
    if isinstance(submission, ChangeIncident):
        status = submission.report.status if submission.report else None
        said = [*_changed(submission.facts), *_elements(submission.elements)]
        notes = submission.notes
    elif isinstance(submission, MarkIncident):
        names = [name for name in MARK_NAMES if getattr(submission.marks, name) is not UNSET]
        said = [f"{'Withdrew' if getattr(submission.marks, name) is None else 'Marked'} {fact_name(name)}" for name in names]
    elif isinstance(submission, RecordIncident):
        is_over = bool(submission.facts.ended_at)
        status = IncidentStatus.CLOSED if is_over else IncidentStatus.OPEN if entry.version == 1 else None
        said = ["Reported" if entry.version == 1 else "Reported again"]
        notes = submission.notes
    return Step(
        status=status,
        said=tuple(said),
        notes=notes,
        source=submission.source,
        accepted_at=entry.accepted_at,
        receipt_id=entry.receipt_id,
    )


def _changed(facts: IncidentFacts) -> list[str]:
    """What facts were changed, and to what: but not whole descriptions."""
    said = said_in(facts)
    return [f"Changed {fact_name(name)}{f' to {list_in_text([value])}' if name in _TOLD else ''}" for name, value in said.items()]


def _elements(elements: tuple[Element, ...]) -> list[str]:
    """What was added and taken away, such as "Added tags a, b" and "Took away detail region"."""
    said = []
    for kind in ElementKind:
        for verb, is_there in (("Added", True), ("Took away", False)):
            named = [one for one in elements if one.kind is kind and (one.value is not None) is is_there]
            if named:
                said.append(f"{verb} {kind}{'s' if len(named) > 1 else ''} {list_in_text(map(_name_of, named))}")
    return said


def _name_of(element: Element) -> str:
    if element.kind is ElementKind.DETAIL and element.value is not None:
        return f"{list_in_text([element.key])} ({list_in_text([element.value])})"
    return element.value or element.key


async def _services_of(frame: Frame, organization_id: str, incident: Incident) -> list[tuple[str, str]]:
    """The name of each service and the slug of its page, "" when there is none now. An id finds a service that was renamed.

    Names and ids are facts of their own: where one sender gave ids and another one other names, none belongs to any.
    """
    names = incident.facts.services or ()
    ids = incident.facts.service_ids or ()
    keys = ids if len(ids) == len(names) else names
    found = await asyncio.gather(*(frame.ledger.find_service(organization_id, key) for key in keys))
    return [
        (service.name if service else name, service.slug if service else "") for name, service in zip(names, found, strict=True)
    ]
