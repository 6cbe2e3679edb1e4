"""``/issues?jql=…``: the issues that a query finds among those that deployments name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, TypeAlias

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.deployments.issue_lines import IssueLine
from shipledger.http.viewer import viewer_of
from shipledger.issue_query.faults import QueryFault
from shipledger.issue_query.match import Row, Subject, finds, list_projects
from shipledger.issue_query.parse import parse_query
from shipledger.issue_query.tree import Node
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.frame import Frame, url_with
from shipledger.web.pages.issue_links import find_real_keys
from shipledger.web.pages.shipped import TierTable, find_most_advanced, list_tables

ISSUES_SHOWN = 50
ISSUES_READ = 100
ISSUES_AT_MOST = 2_000
"""How many issues one request looks at: then it shows what it has, and where to look on."""
LINES_READ = 50
"""Of how many lines of an issue, on average, the newest deployment is read: the rest is told."""


FoundTables: TypeAlias = AsyncGenerator[tuple[str, TierTable], None]


class FoundIssue(Struct, frozen=True):
    """An issue that a query finds, and how far it has shipped."""

    key: str
    summary: str
    furthest: TierTable


class Progress(Struct):
    """How far a search has come: ``after`` is the last key that was looked at, ``is_done`` when there are no more.

    ``is_cut``: an issue has more pipelines and environments than were looked at.
    """

    after: str
    looked_at: int = 0
    is_done: bool = False
    is_cut: bool = False


async def show(frame: Frame, request: Request) -> Response:
    """The issues, or what is wrong with the query."""
    jql = request.query_params["jql"].replace("\0", "")
    after = request.query_params.get("after", "").replace("\0", "")
    values: dict[str, Any] = {
        "jql": jql,
        "after": after,
        "found": (),
        "looked_at": 0,
        "is_cut": False,
        "next_url": "",
        "fault": "",
        "position": 0,
    }
    try:
        query = parse_query(jql)
    except QueryFault as fault:
        told = {**values, "fault": fault.message, "position": fault.position}
        return await frame.render(request, "issue_search.html", status=HTTPStatus.BAD_REQUEST, **told)
    organization_id = viewer_of(request).organization_id
    progress = Progress(after=after)
    tables: dict[str, TierTable] = {}
    names = await find_names(frame.ledger, organization_id)
    async with aclosing(_search(frame, organization_id, query, progress, names)) as search:
        async for key, furthest in search:
            tables[key] = furthest
            if len(tables) == ISSUES_SHOWN:
                break
    summaries = {issue.key: issue.summary for issue in await frame.ledger.find_issues(organization_id, [*tables])}
    found = [FoundIssue(key=key, summary=summaries.get(key, ""), furthest=furthest) for key, furthest in tables.items()]
    next_url = "" if progress.is_done else url_with(request, after=progress.after)
    told = {"found": found, "looked_at": progress.looked_at, "is_cut": progress.is_cut, "next_url": next_url}
    return await frame.render(request, "issue_search.html", **values | told)


async def _search(frame: Frame, organization_id: str, query: Node, progress: Progress, names: EnvironmentNames) -> FoundTables:
    """The issues that match, by key, as far as one request may look; ``progress`` tells how far that is."""
    projects = list_projects(query)
    for project in [""] if projects is None else sorted(projects, key=lambda project: f"{project}-"):
        async for key, lines in _list_issues(frame, organization_id, project, progress):
            tables = list_tables(lines, names)
            progress.is_cut |= any(table.left_out for table in tables)
            furthest = find_most_advanced(tables)
            if furthest is None or not finds(query, Subject(key=key, rows=tuple(_rows(tables, names)))):
                continue
            if await find_real_keys(frame, organization_id, [key]):
                yield key, furthest
        if progress.looked_at >= ISSUES_AT_MOST:
            return
    progress.is_done = True


async def _list_issues(
    frame: Frame, organization_id: str, project: str, progress: Progress
) -> AsyncGenerator[tuple[str, list[IssueLine]], None]:
    """Issues with their lines, of each line the newest deployment."""
    while progress.looked_at < ISSUES_AT_MOST:
        keys = await frame.ledger.list_named_issues(
            organization_id, project=project, after=progress.after, limit=min(ISSUES_READ, ISSUES_AT_MOST - progress.looked_at)
        )
        if not keys:
            return
        lines = await frame.ledger.list_issue_lines(
            organization_id, {key: [key] for key in keys}, of_each=1, in_all=LINES_READ * len(keys)
        )
        for key in keys:
            progress.after = key
            progress.looked_at += 1
            yield key, lines.get(key, [])


def _rows(tables: Iterable[TierTable], names: EnvironmentNames) -> Iterable[Row]:
    for table in tables:
        for line in table.lines:
            latest = line.latest
            called = names.list_words(latest.environment)
            yield Row(type=str(latest.tier), environments=called, state=str(latest.state), pipeline=latest.pipeline)
