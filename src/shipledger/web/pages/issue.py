"""``/issues/{KEY}``: where an issue has shipped, and why a deployment may be missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.issue import AssociationRules, Issue, IssueMode
from shipledger.catalog.issue_keys import looks_like_key, read_words
from shipledger.deployments.issue_lines import IssueLine, StandingStore
from shipledger.http.viewer import viewer_of
from shipledger.ledger.deployment import Deployment, issue_alias
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.state import State, Tier
from shipledger.ledger.titles import title_of
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.web.pages.commands import base_url
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.freshness import find_work_under_way
from shipledger.web.pages.issue_commands import deployment_curl, token_curl
from shipledger.web.pages.issue_links import find_real_keys, list_denied
from shipledger.web.pages.left_out import RECEIPTS_READ, list_left_out
from shipledger.web.pages.shipped import TIER_ORDER, Shipment, TierTable, count_unended, find_most_advanced, list_tables

DEPLOYMENTS_READ = 500
DEPLOYMENTS_OF_A_LINE = 26
HISTORIES_READ = 25
IGNORED_SHOWN = 5
EXAMPLE_KEY = "SHIP-1"

UNSHIPPED: dict[State, str] = {
    State.PENDING: "On its way to",
    State.IN_PROGRESS: "On its way to",
    State.SUCCESSFUL: "Shipped to",
    State.FAILED: "Failed to reach",
    State.CANCELLED: "Cancelled before",
    State.ROLLED_BACK: "Rolled back from",
    State.UNKNOWN: "Nobody knows whether it reached",
}
"""What the latest deployment to a tier means for an issue of which none succeeded there."""


class Ignored(Struct, frozen=True):
    """An update of one of the issue's deployments that did not count."""

    deployment_id: str
    title: str
    receipt_id: str
    accepted_at: datetime
    verdict: Verdict


class Reached(Struct, frozen=True):
    """One step on the way to production, with what happened there last; None before anything did."""

    tier: Tier
    latest: Shipment | None
    is_shipped: bool


async def show(frame: Frame, request: Request) -> Response:
    """The page of one issue, also when nothing is known of it."""
    key = clean_key(request.path_params["issue"])
    if not key:
        return see_other("/issues")
    organization_id = viewer_of(request).organization_id
    alias = issue_alias(key)
    is_key = looks_like_key(key)
    if is_key and not await find_real_keys(frame, organization_id, [key]):
        return await _show_none(frame, request, organization_id, alias.key)
    known = await frame.ledger.find_issues(organization_id, [alias.key])
    if known and not is_key:
        return see_other(f"/issues/{quote(known[0].key, safe='')}")
    lines = await list_lines(frame.ledger, organization_id, alias.key, known)
    tables = list_tables(lines, await find_names(frame.ledger, organization_id), alias.key)
    newest = sorted((one for line in lines for one in line.newest), key=_when, reverse=True)
    ignored = await _list_ignored(frame, organization_id, newest[:HISTORIES_READ])
    left_out = await list_left_out(frame, organization_id, alias.key) if is_key else []
    rules = await frame.ledger.find_association_rules(organization_id)
    url = base_url(request, frame.settings)
    example = alias.key if is_key else EXAMPLE_KEY
    return await frame.render_live(
        request,
        "issue.html",
        shown=[tables, ignored, known, left_out],
        key=alias.key,
        project=alias.key.rpartition("-")[0] if is_key else "",
        is_well_formed=is_key or key.isdecimal(),
        tables=tables,
        advanced=find_most_advanced(tables),
        unshipped=UNSHIPPED,
        steps=_list_steps(tables),
        ignored=ignored[:IGNORED_SHOWN],
        ignored_count=len(ignored),
        histories_read=HISTORIES_READ if sum(line.deployments for line in lines) > HISTORIES_READ else 0,
        left_out=left_out,
        requests_read=RECEIPTS_READ,
        unmapped=_list_unmapped(tables),
        under_way=await find_work_under_way(frame.ledger, organization_id),
        unended=count_unended(tables),
        issue=known[0] if known else None,
        unknown_because=_why_unknown(frame, rules, alias.key, known),
        token_curl=token_curl(url),
        deployment_curl=deployment_curl(url, example, frame.clock.now()),
    )


async def _show_none(frame: Frame, request: Request, organization_id: str, key: str) -> Response:
    """The page for a key that is not an issue's."""
    left_out = await list_left_out(frame, organization_id, key)
    project = key.rpartition("-")[0]
    is_word = project in list_denied(frame, await frame.ledger.find_association_rules(organization_id))
    status = HTTPStatus.NOT_FOUND
    return await frame.render(
        request, "no_issue.html", status=status, key=key, project=project, is_word=is_word, left_out=left_out
    )


async def list_lines(store: StandingStore, organization_id: str, key: str, known: Iterable[Issue]) -> list[IssueLine]:
    """Where an issue stands, by its key, and by its number, as senders named it before the directory knew it."""
    names = {key: [key, *(one.issue_id for one in known if one.issue_id)]}
    found = await store.list_issue_lines(organization_id, names, of_each=DEPLOYMENTS_OF_A_LINE, in_all=DEPLOYMENTS_READ)
    return found.get(key, [])


def _when(deployment: Deployment) -> tuple[datetime, str]:
    return deployment.happened_at, deployment.deployment_id


def clean_key(text: str) -> str:
    """An issue key as it was typed, without what no key and no stored text can hold."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "").strip().strip("/")[:1000]


def _list_steps(tables: Sequence[TierTable]) -> list[Reached]:
    """The way to production; a step that is not a tier of the way is left out."""
    by_tier = {table.tier: table for table in tables}
    return [
        Reached(
            tier=tier,
            latest=by_tier[tier].latest if tier in by_tier else None,
            is_shipped=tier in by_tier and by_tier[tier].is_shipped,
        )
        for tier in reversed(TIER_ORDER)
        if tier is not Tier.UNMAPPED
    ]


def _list_unmapped(tables: Sequence[TierTable]) -> list[Shipment]:
    """One deployment for each environment that nobody has said the tier of."""
    lines = next((table.lines for table in tables if table.tier is Tier.UNMAPPED), ())
    return list({name_key(line.latest.environment): line.latest for line in reversed(lines)}.values())


async def _list_ignored(frame: Frame, organization_id: str, deployments: Sequence[Deployment]) -> list[Ignored]:
    histories = await asyncio.gather(
        *(frame.ledger.list_verdicts(organization_id, deployment.deployment_id) for deployment in deployments)
    )
    ignored = [
        Ignored(
            deployment_id=deployment.deployment_id,
            title=title_of(deployment),
            receipt_id=recorded.receipt_id,
            accepted_at=recorded.accepted_at,
            verdict=recorded.verdict,
        )
        for deployment, history in zip(deployments, histories, strict=True)
        for recorded in history
        if recorded.verdict.kind is VerdictKind.SUPERSEDED
    ]
    return sorted(ignored, key=lambda one: one.accepted_at, reverse=True)


def _why_unknown(frame: Frame, rules: AssociationRules, key: str, known: Sequence[Issue]) -> str:
    """Why deployments cannot reference an issue; "" if they can."""
    project = key.rpartition("-")[0]
    if rules.mode is IssueMode.SYNCED:
        return "" if known else "It is not in the issue directory, and deployments can only reference issues in the directory."
    if rules.mode is IssueMode.PROJECTS:
        listed = ", ".join(rules.projects)
        return "" if project in rules.projects else f"Deployments can only reference issues of these projects: {listed}."
    allowed = read_words(frame.settings.jira_allowed_projects) if rules.mode is None else frozenset()
    if allowed and project not in allowed:
        return "The setting jira_allowed_projects does not list its project, so deployments cannot reference it."
    return ""
