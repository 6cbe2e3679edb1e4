"""``/projects/{KEY}``: what the issues of one project have shipped, how far, and how often."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.clock import to_microseconds
from shipledger.deployments.issue_lines import IssueLine
from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.ledger.deployment import Deployment, project_alias
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.state import State, Tier
from shipledger.web.pages.commands import base_url
from shipledger.web.pages.cycle_time import to_cycle_time
from shipledger.web.pages.deployments import read_position, write_position
from shipledger.web.pages.environments import find_names, list_choices
from shipledger.web.pages.frame import Frame, is_unchanged, see_other, unchanged, url_with
from shipledger.web.pages.frequency import first_week_begins_at, to_frequency
from shipledger.web.pages.freshness import find_work_under_way
from shipledger.web.pages.issue import clean_key
from shipledger.web.pages.issue_commands import deployment_curl, token_curl
from shipledger.web.pages.issue_links import find_real_keys
from shipledger.web.pages.known_commits import find_known_commits
from shipledger.web.pages.project_timeline import RANGES, draw_timeline, read_days
from shipledger.web.pages.rows import DeploymentRow, to_row
from shipledger.web.pages.shipped import TIER_ORDER, find_most_advanced, list_tables

PROJECT = re.compile(r"\w+\Z")
PAGE_SIZE = 50
RECENT_READ = 300
ISSUES_SHOWN = 100
DEPLOYMENTS_OF_AN_ISSUE = 100
LINES_READ = 2_000


REACHED: dict[Tier, str] = {
    Tier.PRODUCTION: "In production",
    Tier.STAGING: "In staging, not in production",
    Tier.TESTING: "In testing, not in staging",
    Tier.DEVELOPMENT: "In development, not in testing",
    Tier.UNMAPPED: "Only in unmapped environments",
}
UNREACHED: dict[State, str] = {
    State.IN_PROGRESS: "On its way",
    State.PENDING: "On its way",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.ROLLED_BACK: "Rolled back",
    State.UNKNOWN: "Nobody knows",
    State.SUCCESSFUL: "On its way",
}
"""What became last of an issue that succeeded nowhere; the last line only makes it total."""
NOWHERE = "Nowhere yet"
"""Those that are counted and not looked at."""


class Narrowed(Struct, frozen=True):
    """What the list is narrowed to: a tier, or an environment by its id, or any of its names; "" for any."""

    tier: str = ""
    environment_id: str = ""
    environment_name: str = ""


class ProjectRow(Struct, frozen=True):
    """A deployment with the issues of the project that it brought."""

    deployment: DeploymentRow
    keys: tuple[str, ...]


class IssueReach(Struct, frozen=True):
    """An issue, and the state of what happened last in the tier that it has reached."""

    key: str
    state: State


class ReachGroup(Struct, frozen=True):
    """The issues that have come equally far, or of those that succeeded nowhere yet, that failed to in the same way.

    ``issues`` are those of the ``count`` that are listed, the ones that were deployed last first.
    """

    heading: str
    issues: tuple[IssueReach, ...]
    count: int


async def show(frame: Frame, request: Request) -> Response:
    """The page of one project, also when nothing is known of it."""
    project = clean_key(request.path_params["project"]).upper()
    if not project:
        return see_other("/issues")
    organization_id = viewer_of(request).organization_id
    if PROJECT.match(project) and not await find_real_keys(frame, organization_id, [f"{project}-1"]):
        raise NotFound(
            "project", f"{project} is no project: it is a word of the setting issue_denied_projects, or begins with a digit."
        )
    alias, now = project_alias(project), frame.clock.now()
    narrowed = _read_filter(request.query_params.get("environment", ""))
    before = read_position(request.query_params.get("before", ""))
    names = await find_names(frame.ledger, organization_id)
    found, recent = await asyncio.gather(
        frame.ledger.list_deployments_before(
            organization_id, alias, **msgspec.structs.asdict(narrowed), before=before, limit=PAGE_SIZE + 1
        ),
        frame.ledger.list_deployments_before(organization_id, alias, limit=RECENT_READ),
    )
    named = {one.deployment_id: tuple(_keys_of(one, project)) for one in (*found, *recent)}
    real = await find_real_keys(frame, organization_id, {key for keys in named.values() for key in keys})
    keys_of = {deployment_id: tuple(key for key in keys if key in real) for deployment_id, keys in named.items()}
    rows = [ProjectRow(deployment=to_row(one, names), keys=keys_of[one.deployment_id]) for one in found[:PAGE_SIZE]]
    shown = [rows, [(one.deployment_id, one.version) for one in recent]]
    if is_unchanged(request, shown):
        return unchanged()
    some = await frame.ledger.list_named_issues(organization_id, project=project, after="", limit=ISSUES_SHOWN)
    also = await find_real_keys(frame, organization_id, some)
    newest = (key for one in recent for key in keys_of[one.deployment_id])
    keys = list(dict.fromkeys([*newest, *(key for key in some if key in also)]))[:ISSUES_SHOWN]
    histories, lines, reached, counts, environments = await asyncio.gather(
        frame.ledger.list_histories(organization_id, keys, limit=DEPLOYMENTS_OF_AN_ISSUE),
        frame.ledger.list_issue_lines(organization_id, {key: [key] for key in keys}, of_each=1, in_all=LINES_READ),
        frame.ledger.count_issues_by_reach(organization_id, project),
        frame.ledger.count_successes_by_week(organization_id, alias, tier=Tier.PRODUCTION, since=first_week_begins_at(now)),
        frame.ledger.list_environments(organization_id),
    )
    long_histories = sum(len(history) == DEPLOYMENTS_OF_AN_ISSUE for history in histories.values())
    histories = {key: _with_newest(history, lines.get(key, ())) for key, history in histories.items()}
    releases = [release for history in histories.values() for one in history for release in one.releases]
    commits = await find_known_commits(frame, organization_id, releases)
    days = read_days(request.query_params.get("days", ""))
    url = base_url(request, frame.settings)
    return await frame.render_live(
        request,
        "project.html",
        shown=shown,
        project=project,
        rows=rows,
        is_known=bool(recent),
        is_narrowed=narrowed != Narrowed(),
        groups=_group_issues(keys, lines, reached, names),
        timeline=draw_timeline(_narrow(histories, narrowed, names), names, now=now, days=days),
        ranges=RANGES,
        cycle=to_cycle_time(histories, commits, now),
        frequency=to_frequency(counts, now),
        environments=[(each, [one for one in list_choices(environments, names) if one.tier == each]) for each in TIER_ORDER],
        wanted=request.query_params.get("environment", ""),
        older_url=url_with(request, before=_position(found[PAGE_SIZE - 1]), seen="") if len(found) > PAGE_SIZE else "",
        newest_url=url_with(request, before="", seen="") if before else "",
        issues_shown=ISSUES_SHOWN,
        under_way=await find_work_under_way(frame.ledger, organization_id),
        history_read=DEPLOYMENTS_OF_AN_ISSUE,
        long_histories=long_histories,
        token_curl=token_curl(url),
        deployment_curl=deployment_curl(url, f"{project}-1", now),
    )


def _read_filter(text: str) -> Narrowed:
    """What the filter names."""
    kind, _, value = text.partition(":")
    if kind == "tier":
        return Narrowed(tier=value if value in set(Tier) else "")
    value = clean_key(value)
    return {"id": Narrowed(environment_id=value), "name": Narrowed(environment_name=value)}.get(kind, Narrowed())


def _keys_of(deployment: Deployment, project: str) -> Iterable[str]:
    return (key for key in deployment.issue_keys if key.rpartition("-")[0] == project)


def _with_newest(history: Sequence[Deployment], lines: Iterable[IssueLine]) -> list[Deployment]:
    """``history`` with the newest of each line, which may be older than all of it."""
    found = {one.deployment_id: one for one in history}
    return list({**found, **{one.deployment_id: one for line in lines for one in line.newest}}.values())


def _narrow(
    histories: Mapping[str, list[Deployment]], narrowed: Narrowed, names: EnvironmentNames
) -> dict[str, list[Deployment]]:
    """Only the deployments to a tier or an environment."""

    def fits(deployment: Deployment) -> bool:
        environment = deployment.environment
        if environment is None:
            return narrowed == Narrowed()
        return (
            narrowed.tier in ("", environment.tier)
            and bare_uuid(narrowed.environment_id) in ("", bare_uuid(environment.id))
            and (not narrowed.environment_name or names.key_of(environment.name) == names.key_of(narrowed.environment_name))
        )

    return {key: [one for one in history if fits(one)] for key, history in histories.items()}


def _group_issues(
    keys: Iterable[str],
    lines: Mapping[str, Sequence[IssueLine]],
    reached: Mapping[Tier | None, int],
    names: EnvironmentNames,
) -> list[ReachGroup]:
    """Issues by how far all their deployments have carried them: of all that ``reached`` counts, those of ``keys``."""
    groups: dict[str, list[IssueReach]] = {heading: [] for heading in (*REACHED.values(), *UNREACHED.values(), NOWHERE)}
    tiers: dict[str, int] = {heading: reached.get(tier, 0) for tier, heading in REACHED.items()}
    for key in keys:
        table = find_most_advanced(list_tables(lines.get(key, ()), names))
        if table is not None:
            heading = REACHED[table.tier] if table.is_shipped else UNREACHED[table.latest.state]
            groups[heading].append(IssueReach(key=key, state=table.latest.state))
    unreached = sum(len(groups[heading]) for heading in set(UNREACHED.values()))
    tiers[NOWHERE] = reached.get(None, 0) - unreached
    counted = {heading: max(tiers.get(heading, 0), len(found)) for heading, found in groups.items()}
    return [ReachGroup(heading, tuple(found), counted[heading]) for heading, found in groups.items() if counted[heading] > 0]


def _position(deployment: Deployment) -> str:
    return write_position(to_microseconds(deployment.placed_at), deployment.deployment_id)
