"""``/search``: anything by a few words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.known_people import KnownPerson
from shipledger.access.people.roles import Right
from shipledger.catalog.searching import Kind, Matched, Rank
from shipledger.errors import Invalid
from shipledger.http.viewer import Viewer, viewer_of
from shipledger.ledger.history import RULES
from shipledger.ledger.identity import bare_uuid
from shipledger.search_words import QUERY_LIMIT
from shipledger.verbs.search import Group, Hit, Results, search, to_query
from shipledger.web.pages.formats import issue_path
from shipledger.web.pages.frame import Frame, see_other, url_with
from shipledger.web.pages.freshness import UPGRADE
from shipledger.web.pages.issue_links import find_real_keys
from shipledger.web.pages.rows import DeploymentRow, to_row

PATH = "/search"
SHOWN = 10
"""Of each kind, on a page that has all kinds."""
SHOWN_ALONE = 50
_AFTER = re.compile(r"([01])\.(-?[0-9]{1,19})\.(.{1,700})", re.DOTALL)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WHOLE = frozenset({Matched.ID, Matched.NUMBER})
"""What only one record has."""

HEADINGS: dict[Kind, str] = {
    Kind.DEPLOYMENT: "Deployments",
    Kind.ISSUE: "Issues",
    Kind.SERVICE: "Services",
    Kind.REPOSITORY: "Repositories",
    Kind.PERSON: "People",
    Kind.INCIDENT: "Incidents",
    Kind.PULL_REQUEST: "Pull requests",
    Kind.REQUEST: "Requests",
}
_WHEN = {Kind.INCIDENT: "Began", Kind.PULL_REQUEST: "Opened", Kind.REQUEST: "Received"}
FOUND_BY: dict[Matched, str] = {
    Matched.ID: "id",
    Matched.EXTERNAL_ID: "external id",
    Matched.COMMIT: "commit",
    Matched.ISSUE: "issue",
    Matched.VERSION: "version",
    Matched.NUMBER: "number",
    Matched.NAME: "name",
    Matched.TITLE: "title",
}


class FoundRow(Struct, frozen=True):
    """A line of what was found. ``path``: where it leads, "" where it has no page. ``deployment``: of one, what lists tell."""

    id: str
    name: str
    path: str
    found_by: str
    is_exact: bool
    hit: Hit
    deployment: DeploymentRow | None = None


class Section(Struct, frozen=True):
    """What was found of one kind: ``one`` is called so. ``when`` says which time is told.

    ``more_url``: where the rest is, "" if this is all.
    """

    kind: Kind
    heading: str
    one: str
    when: str
    rows: tuple[FoundRow, ...]
    more_url: str


async def show(frame: Frame, request: Request) -> Response:
    """What was found, or at once the page of the only thing that has just this name."""
    viewer = viewer_of(request)
    text = request.query_params.get("q", "")
    kind = next((one for one in Kind if one == request.query_params.get("kind")), None)
    after = _read_after(request) if kind else None
    rules = await frame.ledger.find_projection_rules()
    shown: dict[str, Any] = {"q": text[: QUERY_LIMIT + 1], "limit": QUERY_LIMIT, "under_way": UPGRADE if rules != RULES else ""}
    try:
        query = to_query(text)
    except Invalid as error:
        told = error.message if text.strip() else ""
        return await frame.render(request, "search.html", results=None, sections=(), only=kind, fault=told, **shown)
    kinds = tuple(Kind) if kind is None else (kind,)
    limit = SHOWN if kind is None else SHOWN_ALONE
    found = await search(frame.ledger, viewer.organization_id, query, kinds=kinds, limit=limit, after=after)
    results = await _leave_out_others(frame, viewer, found)
    path = find_only(results) if kind is None else ""
    if not path and not results.groups:
        path = await _find_refused(frame, viewer, text)
    if path:
        return see_other(path)
    people = await frame.ledger.read_known_people(viewer.organization_id)
    sections = [
        Section(
            kind=group.kind,
            heading=HEADINGS[group.kind],
            one=group.kind.replace("_", " ").capitalize(),
            when=_WHEN.get(group.kind, "Last deployed"),
            rows=tuple(
                FoundRow(
                    id=f"{group.kind}-{place}",
                    name=hit.name,
                    path=path_of(hit),
                    found_by=FOUND_BY[hit.candidate.matched],
                    is_exact=hit.candidate.is_exact,
                    hit=hit,
                    deployment=to_row(hit.record, results.names, people) if group.kind is Kind.DEPLOYMENT else None,
                )
                for place, hit in enumerate(group.hits, start=1)
            ),
            more_url=_more_url(request, group, is_alone=kind is not None),
        )
        for group in sorted(results.groups, key=lambda one: not one.hits[0].candidate.is_exact)
    ]
    return await frame.render(request, "search.html", results=results, sections=sections, only=kind, fault="", **shown)


def find_only(results: Results) -> str:
    """The page of the only thing that has just this id, number, key or commit; "" for none or several."""
    exact = [hit for hit in results.hits if hit.candidate.is_exact]
    named = [hit for hit in exact if hit.candidate.matched in _WHOLE]
    if not named and results.query.is_whole_commit:
        named = [hit for hit in exact if hit.kind is Kind.DEPLOYMENT and hit.candidate.matched is Matched.COMMIT]
    return path_of(named[0]) if len(named) == 1 else ""


def path_of(hit: Hit) -> str:
    """Where a hit leads: its page, a list of its deployments, or, of a pull request, its host; "" if that is not known."""
    return _PATHS[hit.kind](hit)


def _path_of_service(hit: Hit) -> str:
    return f"/services/{hit.record.slug}" if hit.record else f"/deployments?{urlencode({'text': hit.name})}"


def _path_of_person(hit: Hit) -> str:
    if isinstance(hit.record, KnownPerson):
        return f"/deployments?{urlencode({'person': hit.record.person_id})}"
    return f"/deployments?{urlencode({'person': hit.record.key if hit.record else hit.candidate.key})}"


_PATHS: dict[Kind, Callable[[Hit], str]] = {
    Kind.DEPLOYMENT: lambda hit: f"/deployments/{hit.candidate.key}",
    Kind.ISSUE: lambda hit: issue_path(hit.candidate.key),
    Kind.SERVICE: _path_of_service,
    Kind.REPOSITORY: lambda hit: f"/deployments?{urlencode({'repository': hit.candidate.key})}",
    Kind.PERSON: _path_of_person,
    Kind.INCIDENT: lambda hit: f"/incidents/{hit.candidate.key}",
    Kind.PULL_REQUEST: lambda _: "",
    Kind.REQUEST: lambda hit: f"/requests/{quote(hit.candidate.key)}",
}


async def _find_refused(frame: Frame, viewer: Viewer, text: str) -> str:
    """The page of a refused request with this id, for those who may see what arrived."""
    refused_id = bare_uuid(text.strip()).lower()
    if not _ID.fullmatch(refused_id) or not viewer.may(Right.INSPECT):
        return ""
    found = await frame.ledger.find_refused(viewer.organization_id, refused_id)
    return f"/requests/{refused_id}" if found else ""


async def _leave_out_others(frame: Frame, viewer: Viewer, results: Results) -> Results:
    """``results`` without what only looks like the key of an issue, which has no page."""
    keys = [hit.candidate.key for hit in results.hits if hit.kind is Kind.ISSUE]
    if not keys:
        return results
    real = await find_real_keys(frame, viewer.organization_id, keys)
    groups = (
        replace(one, hits=tuple(hit for hit in one.hits if hit.kind is not Kind.ISSUE or hit.candidate.key in real))
        for one in results.groups
    )
    return replace(results, groups=tuple(one for one in groups if one.hits))


def _read_after(request: Request) -> Rank | None:
    found = _AFTER.fullmatch(request.query_params.get("after", ""))
    return (found[1] == "1", int(found[2]), found[3]) if found else None


def _more_url(request: Request, group: Group, *, is_alone: bool) -> str:
    if group.end is None:
        return ""
    end = group.end
    after = f"{int(end.is_exact)}.{end.at_us}.{end.key}" if is_alone else ""
    return url_with(request, kind=group.kind, after=after)
