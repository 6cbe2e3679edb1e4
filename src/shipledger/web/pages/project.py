"""``/projects/{KEY}``: what the issues of one project have shipped, how far, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.ledger.deployment import Deployment, issue_alias, project_alias
from shipledger.ledger.state import State, Tier
from shipledger.web.pages.commands import base_url
from shipledger.web.pages.frame import Frame, is_unchanged, see_other, unchanged, url_with
from shipledger.web.pages.frequency import first_week_begins_at, to_frequency
from shipledger.web.pages.issue import clean_key
from shipledger.web.pages.issue_commands import deployment_curl, token_curl
from shipledger.web.pages.rows import DeploymentRow, to_row
from shipledger.web.pages.shipped import TIER_ORDER, TierTable, find_most_advanced, list_tables

PAGE_SIZE = 50
RECENT_READ = 300
ISSUES_SHOWN = 100
DEPLOYMENTS_OF_AN_ISSUE = 100


class ProjectRow(Struct, frozen=True):
    """A deployment with the issues of the project that it brought."""

    deployment: DeploymentRow
    keys: tuple[str, ...]


class IssueReach(Struct, frozen=True):
    """An issue, and the state of what happened last in the tier that it has reached."""

    key: str
    state: State


class ReachGroup(Struct, frozen=True):
    """The issues that have come equally far. ``tier`` is None for those that succeeded nowhere yet."""

    tier: Tier | None
    issues: tuple[IssueReach, ...]


async def show(frame: Frame, request: Request) -> Response:
    """The page of one project, also when nothing is known of it."""
    project = clean_key(request.path_params["project"]).upper()
    if not project:
        return see_other("/issues")
    organization_id = await frame.organization_id()
    alias, now = project_alias(project), frame.clock.now()
    tier, environment_id = _read_filter(request.query_params.get("environment", ""))
    before_id = clean_key(request.query_params.get("before", ""))
    found, recent = await asyncio.gather(
        frame.store.list_deployments_before(
            organization_id, alias, tier=tier, environment_id=environment_id, before_id=before_id, limit=PAGE_SIZE + 1
        ),
        frame.store.list_deployments_before(organization_id, alias, tier="", environment_id="", before_id="", limit=RECENT_READ),
    )
    rows = [ProjectRow(deployment=to_row(one), keys=tuple(_keys_of(one, project))) for one in found[:PAGE_SIZE]]
    shown = [rows, [(one.deployment_id, one.version) for one in recent]]
    if is_unchanged(request, shown):
        return unchanged()
    groups, counts, environments = await asyncio.gather(
        _group_issues(frame, organization_id, project, recent),
        frame.store.count_successes_by_week(organization_id, alias, tier=Tier.PRODUCTION, since=first_week_begins_at(now)),
        frame.store.list_environments(organization_id),
    )
    url = base_url(request, frame.settings)
    return frame.render_live(
        request,
        "project.html",
        shown=shown,
        project=project,
        rows=rows,
        is_known=bool(recent),
        is_narrowed=bool(tier or environment_id),
        groups=groups,
        frequency=to_frequency(counts, now),
        environments=[(each, [(one, name) for one, name, of_tier in environments if of_tier == each]) for each in TIER_ORDER],
        wanted=request.query_params.get("environment", ""),
        older_url=url_with(request, before=found[PAGE_SIZE - 1].deployment_id, seen="") if len(found) > PAGE_SIZE else "",
        newest_url=url_with(request, before="", seen="") if before_id else "",
        read=RECENT_READ,
        token_curl=token_curl(url),
        deployment_curl=deployment_curl(url, f"{project}-1", now),
    )


def _read_filter(text: str) -> tuple[str, str]:
    """The tier and the id of the environment that the filter names; "" for any."""
    kind, _, value = text.partition(":")
    if kind == "tier":
        return (value, "") if value in set(Tier) else ("", "")
    return "", clean_key(value) if kind == "id" else ""


def _keys_of(deployment: Deployment, project: str) -> Iterable[str]:
    keys = deployment.facts.issue_keys
    return (key.upper() for key in keys if key.upper().rpartition("-")[0] == project) if isinstance(keys, tuple) else ()


async def _group_issues(frame: Frame, organization_id: str, project: str, recent: Iterable[Deployment]) -> list[ReachGroup]:
    """The issues that ``recent`` deployments brought, by how far all their deployments have carried them."""
    keys = list(dict.fromkeys(key for deployment in recent for key in _keys_of(deployment, project)))[:ISSUES_SHOWN]
    histories = await asyncio.gather(
        *(frame.store.list_deployments_by_alias(organization_id, issue_alias(key), limit=DEPLOYMENTS_OF_AN_ISSUE) for key in keys)
    )
    groups: dict[Tier | None, list[IssueReach]] = {}
    for key, history in zip(keys, histories, strict=True):
        table = find_most_advanced(list_tables(history))
        if table is not None:
            groups.setdefault(_reached(table), []).append(IssueReach(key=key, state=table.latest.state))
    return [ReachGroup(tier=tier, issues=tuple(groups[tier])) for tier in (*TIER_ORDER, None) if tier in groups]


def _reached(table: TierTable) -> Tier | None:
    return table.tier if table.is_shipped else None
