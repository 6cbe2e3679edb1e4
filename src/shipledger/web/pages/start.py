"""``/``: the first steps while the ledger is empty, then what changed, what is wrong, and what needs somebody."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.deployments.listing import DeploymentFilter
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import actor_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord
from shipledger.ledger.verdict import VerdictKind
from shipledger.verbs.newest import list_newest
from shipledger.verbs.person_names import find_person_names
from shipledger.web.pages.commands import base_url, first_deployment_curl
from shipledger.web.pages.frame import Frame, is_poll, is_unchanged, unchanged
from shipledger.web.pages.home_board import to_board
from shipledger.web.pages.rows import to_rows

LATEST_SHOWN = 8
RECEIPTS_READ = 50
ATTENTION_SHOWN = 5
REJECTED_LATELY = timedelta(days=1)
WAITING_TOO_LONG = timedelta(minutes=1)


async def show(frame: Frame, request: Request) -> Response:
    """First steps, or Home."""
    viewer = viewer_of(request)
    organization_id = viewer.organization_id
    latest, records = await asyncio.gather(
        _list_latest(frame, organization_id),
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
    shown = [rows, board, [record.settlement for record in attention]]  # some becomes it by waiting alone
    if is_unchanged(request, shown):
        return unchanged()
    return await frame.render_live(
        request,
        "home.html",
        shown=shown,
        board=board,
        rows=rows,
        attention=attention[:ATTENTION_SHOWN],
        people=await find_person_names(frame.ledger, [actor_of(one.receipt) for one in attention[:ATTENTION_SHOWN]]),
        more_attention=len(attention) > ATTENTION_SHOWN,
        inbox_count=home.unmapped,
    )


async def _list_latest(frame: Frame, organization_id: str) -> list[Deployment]:
    """The newest that have begun, unless none has."""
    now = frame.clock.now()
    begun = DeploymentFilter(limit=LATEST_SHOWN, started_until=now)
    found = await frame.ledger.list_deployments(organization_id, begun)
    return found or await list_newest(frame.ledger, organization_id, DeploymentFilter(limit=LATEST_SHOWN), now)


async def _first_steps(frame: Frame, request: Request, records: list[ReceiptRecord]) -> Response:
    return await frame.render_live(
        request,
        "start.html",
        shown=["empty", [record.settlement for record in records]],
        records=records,
        curl=first_deployment_curl(base_url(request, frame.settings), frame.clock.now()),
    )


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
