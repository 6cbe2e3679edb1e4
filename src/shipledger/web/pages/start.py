"""``/``: the first steps while the ledger is empty, then what changed, what is wrong, and what needs somebody."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.known_people import KnownPeople
from shipledger.deployments.listing import DeploymentFilter
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import actor_of
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import VerdictKind
from shipledger.verbs.newest import list_newest
from shipledger.verbs.person_names import find_person_names
from shipledger.web.pages.commands import base_url, first_deployment_curl
from shipledger.web.pages.environments import list_choices
from shipledger.web.pages.frame import Frame, is_poll, is_unchanged, unchanged
from shipledger.web.pages.home_board import to_board
from shipledger.web.pages.rows import DeploymentRow, to_row, to_rows

LATEST_SHOWN = 8
ENVIRONMENTS_SHOWN = 12
RECEIPTS_READ = 50
ATTENTION_SHOWN = 5
REJECTED_LATELY = timedelta(days=1)
WAITING_TOO_LONG = timedelta(minutes=1)
_TIER_ORDER = (Tier.PRODUCTION, Tier.STAGING, Tier.TESTING, Tier.DEVELOPMENT, Tier.UNMAPPED)


class EnvironmentCard(Struct, frozen=True):
    """An environment with the deployment that went there last."""

    id: str
    name: str
    tier: str
    latest: DeploymentRow


async def show(frame: Frame, request: Request) -> Response:
    """First steps, or Home."""
    viewer = viewer_of(request)
    organization_id = viewer.organization_id
    latest, records = await asyncio.gather(
        list_newest(frame.ledger, organization_id, DeploymentFilter(limit=LATEST_SHOWN), frame.clock.now()),
        frame.ledger.list_receipts(organization_id, ReceiptFilter(limit=RECEIPTS_READ)),
    )
    if not latest:
        return await _first_steps(frame, request, records[:ATTENTION_SHOWN])
    person_id = "" if viewer.person is None else viewer.person.person_id
    home, policy, people, attention = await asyncio.gather(
        # A page that is left open asks again by itself: nobody need be looking.
        frame.home.read_home(organization_id, person_id, is_looking=not is_poll(request)),
        frame.ledger.find_tier_policy(organization_id),
        frame.ledger.read_known_people(organization_id),
        _list_attention(frame, organization_id, records),
    )
    rows = to_rows(latest, policy.names, people)
    if not person_id:
        home = replace(home, silent_sources=())  # sources are shown to members alone
    board = to_board(home, policy, people)
    shown = [rows, board, [record.settlement for record in records]]
    if is_unchanged(request, shown):
        return unchanged()
    environments, more_environments = await _list_environments(frame, organization_id, policy.names, people)
    return await frame.render_live(
        request,
        "home.html",
        shown=shown,
        board=board,
        is_known=bool(person_id),
        rows=rows,
        environments=environments,
        more_environments=more_environments,
        requests_read=RECEIPTS_READ,
        attention=attention[:ATTENTION_SHOWN],
        people=await find_person_names(frame.ledger, [actor_of(one.receipt) for one in attention[:ATTENTION_SHOWN]]),
        more_attention=len(attention) > ATTENTION_SHOWN,
        inbox_count=home.unmapped,
    )


async def _first_steps(frame: Frame, request: Request, records: list[ReceiptRecord]) -> Response:
    return await frame.render_live(
        request,
        "start.html",
        shown=["empty", [record.settlement for record in records]],
        records=records,
        curl=first_deployment_curl(base_url(request, frame.settings), frame.clock.now()),
    )


async def _list_environments(
    frame: Frame, organization_id: str, names: EnvironmentNames, people: KnownPeople
) -> tuple[list[EnvironmentCard], int]:
    """The first ones with what was deployed there last, and how many more there are."""
    known = await frame.ledger.list_environments(organization_id)
    choices = sorted(list_choices(known, names), key=lambda choice: (_rank(choice.tier), choice.name))
    # An environment may have gone by several names and tiers: it is one, and its newest deployment names it.
    values = dict.fromkeys(
        (choice.value.casefold() if choice.is_by_name else choice.value, choice.is_by_name) for choice in choices
    )
    shown = list(values)[:ENVIRONMENTS_SHOWN]
    found = await asyncio.gather(
        *(
            list_newest(
                frame.ledger,
                organization_id,
                DeploymentFilter(environment=value, limit=1) if by_name else DeploymentFilter(environment_id=value, limit=1),
                frame.clock.now(),
            )
            for value, by_name in shown
        )
    )
    newest = [(value, deployments[0]) for (value, _), deployments in zip(shown, found, strict=True) if deployments]
    latest = [(value, to_row(one, names, people)) for value, one in newest]
    cards = [
        EnvironmentCard(id=value, name=row.environment.name, tier=row.environment.tier, latest=row)
        for value, row in latest
        if row.environment is not None
    ]
    return cards, len(values) - len(shown)


def _rank(tier: str) -> int:
    return _TIER_ORDER.index(Tier(tier)) if tier in set(Tier) else len(_TIER_ORDER)


async def _list_attention(frame: Frame, organization_id: str, records: list[ReceiptRecord]) -> list[ReceiptRecord]:
    quarantined = await frame.ledger.list_receipts(
        organization_id, ReceiptFilter(state=ReceiptState.QUARANTINED, limit=ATTENTION_SHOWN + 1)
    )
    now = frame.clock.now()
    return [*quarantined, *(record for record in records if _needs_attention(record, now))]


def _needs_attention(record: ReceiptRecord, now: datetime) -> bool:
    settlement = record.settlement
    if settlement.state is ReceiptState.PENDING:
        return now - settlement.accepted_at > WAITING_TOO_LONG
    is_rejected = any(verdict.kind is VerdictKind.REJECTED for verdict in settlement.verdicts)
    return is_rejected and now - settlement.accepted_at < REJECTED_LATELY
