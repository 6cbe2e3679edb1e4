"""``/audit``: who did what, when, from the entries of all kinds of records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from shipledger.clock import moved
from shipledger.errors import Invalid
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import ActorKind
from shipledger.ledger.auditing import AuditFilter, AuditPlace
from shipledger.verbs.auditing import KINDS, ActLine, place_from_text, place_to_text, read_actor, read_acts
from shipledger.web.pages.frame import Frame, url_with

PATH = "/audit"
LINES_SHOWN = 50
PEOPLE_OFFERED = 500
REPORTS = "include"
ACTORS = {
    ActorKind.PERSON: "Any person",
    ActorKind.CREDENTIAL: "Any credential",
    ActorKind.COMMAND: "Operators, by command",
    ActorKind.DUTY: "The ledger itself",
    ActorKind.MIGRATION: "Upgrades",
}


async def show(frame: Frame, request: Request) -> Response:
    """A page of the audit. Raises Invalid for an address that nobody can have been led to."""
    organization_id, query = viewer_of(request).organization_id, request.query_params
    kind, actor = query.get("kind", ""), query.get("actor", "").replace("\0", "")
    if kind and kind not in KINDS:
        raise Invalid("kind", f"Choose a kind: {', '.join(KINDS)}.")
    since, until = _read_day(query, "from"), _read_day(query, "to")
    wanted = AuditFilter(
        limit=LINES_SHOWN,
        kinds=(kind,) if kind else (),
        actor=read_actor(actor),
        since=since,
        until=None if until is None else moved(until, timedelta(days=1, microseconds=-1)),
        before=_read_before(query.get("before", "")),
        has_reports=query.get("reports") == REPORTS,
    )
    page = await read_acts(frame.ledger, organization_id, wanted)
    people = [person for person, _ in await frame.members.list_all(organization_id)]
    return await frame.render(
        request,
        "audit.html",
        lines=[(line, _path_of(line)) for line in page.lines],
        kinds=KINDS,
        kind=kind,
        actors=ACTORS,
        actor=actor,
        offered=sorted(people, key=lambda one: one.name.casefold())[:PEOPLE_OFFERED],
        asked={name: query.get(name, "") for name in ("from", "to", "reports")},
        is_narrowed=bool(kind or actor or since or until or wanted.has_reports),
        newest_url=url_with(request, before="") if wanted.before else "",
        older_url="" if page.end is None else url_with(request, before=place_to_text(page.end)),
    )


def _read_day(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise Invalid(name, "Write a date such as 2026-03-04.") from None


def _read_before(text: str) -> AuditPlace | None:
    if not text:
        return None
    found = place_from_text(text)
    if found is None:
        raise Invalid("before", "This address does not say where the page begins; go back to the newest entries.")
    return found


def _path_of(line: ActLine) -> str:
    """The page of the record, where there is one for it."""
    paths = {
        "deployment": f"/deployments/{quote(line.subject_id, safe='')}",
        "incident": f"/incidents/{quote(line.subject_id, safe='')}",
        "service": f"/services/{quote(line.subject_id, safe='')}",
        "tiering": "/environments",
        "repository": "/repositories",
        "gate": f"/gates/{quote(line.subject, safe='')}" if line.subject != line.subject_id else "",
        "setting": "/settings",
        "member": "/settings/people",
        "ignoring": "/inbox",
        "issuance": "/sources",
        "webhook": "/settings/webhooks",
    }
    return paths.get(line.kind, "")
