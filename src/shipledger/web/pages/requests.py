"""``/requests``: what arrived, accepted or refused, newest first."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from msgspec.structs import replace
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.access.refused import RefusedRecord
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import actor_of
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptRecord
from shipledger.verbs.person_names import find_person_names
from shipledger.verbs.request_listing import RequestFilter, RequestOutcome, list_requests
from shipledger.web.pages.frame import Frame, is_unchanged, require_right, unchanged, url_with
from shipledger.web.pages.verdict_links import find_opening
from shipledger.web.pages.words import RECEIPT_STATES

PAGE_SIZE = 50
FIND_LIMIT = 300
NAME_LIMIT = 64
CREDENTIALS_OFFERED = 500
STATUSES = (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503)
VERDICTS_SHOWN = 2
OUTCOMES = {RequestOutcome.ACCEPTED: "Accepted", RequestOutcome.REFUSED: "Refused"}


async def show(frame: Frame, request: Request) -> Response:
    """A page of requests. Refused ones, and what a search finds, tell what is in there: that takes a right."""
    viewer = viewer_of(request)
    organization_id = viewer.organization_id
    wanted = _read_filter(request.query_params)
    may_inspect = viewer.may(Right.INSPECT)
    if wanted.text or wanted.status or wanted.outcome is RequestOutcome.REFUSED:
        require_right(viewer, Right.INSPECT)
    asked = wanted if may_inspect else replace(wanted, outcome=RequestOutcome.ACCEPTED)
    found = await list_requests(frame.ledger, organization_id, asked)
    older = url_with(request, before=found.before_id, seen="") if found.before_id else ""
    shown = [[one.refused if isinstance(one, RefusedRecord) else one.settlement for one in found.records], older]
    if is_unchanged(request, shown):
        return unchanged()
    accepted = [one for one in found.records if isinstance(one, ReceiptRecord)]
    credentials, opening, people = await asyncio.gather(
        frame.ledger.list_credentials(organization_id),
        find_opening(frame.ledger, organization_id, [one.settlement for one in accepted]),
        find_person_names(frame.ledger, [actor_of(one.receipt) for one in accepted]),
    )
    is_narrowed = bool(wanted.protocol or wanted.credential_id or wanted.status or wanted.text)
    return await frame.render_live(
        request,
        "requests.html",
        shown=shown,
        records=found.records,
        opening=opening,
        verdicts_shown=VERDICTS_SHOWN,
        people=people,
        asked=wanted,
        state_tabs=_list_tabs(request, wanted, may_inspect=may_inspect),
        protocols=frame.protocols,
        credentials=credentials[:CREDENTIALS_OFFERED],
        statuses=STATUSES,
        is_narrowed=is_narrowed,
        find=wanted.text,
        looked_at=found.looked_at,
        older_url=older,
        newest_url=url_with(request, before="", seen="") if wanted.before_id else "",
    )


def _read_filter(query: QueryParams) -> RequestFilter:
    """What the address asks for. A word that means nothing does not narrow the list."""
    plain = {name: value.replace("\0", "").strip() for name, value in query.items()}
    state, outcome, status = (plain.get(name, "") for name in ("state", "show", "status"))
    return RequestFilter(
        outcome=RequestOutcome(outcome) if outcome in set(RequestOutcome) else RequestOutcome.ALL,
        state=ReceiptState(state) if state in set(ReceiptState) else None,
        status=int(status) if status in {str(one.value) for one in HTTPStatus if one >= HTTPStatus.BAD_REQUEST} else 0,
        protocol=plain.get("protocol", "")[:NAME_LIMIT],
        credential_id=plain.get("credential", "")[:NAME_LIMIT],
        text=plain.get("find", "")[:FIND_LIMIT],
        before_id=plain.get("before", "")[:NAME_LIMIT],
        limit=PAGE_SIZE,
    )


def _list_tabs(request: Request, wanted: RequestFilter, *, may_inspect: bool) -> list[tuple[str, str, str, bool]]:
    """Each tab: its name in ids, its words, its address, and whether it is open."""
    clear = {"state": "", "show": "", "status": "", "before": "", "seen": ""}
    is_all = wanted.outcome is RequestOutcome.ALL and wanted.state is None
    tabs = [("all", "All", url_with(request, **clear), is_all)]
    for outcome, words in OUTCOMES.items():
        if outcome is not RequestOutcome.REFUSED or may_inspect:
            is_open = wanted.outcome is outcome and wanted.state is None
            tabs.append((outcome.value, words, url_with(request, **{**clear, "show": outcome.value}), is_open))
    for state, words in RECEIPT_STATES.items():
        tabs.append((state.value, words, url_with(request, **{**clear, "state": state.value}), wanted.state is state))
    return tabs
