"""``/requests``: what arrived, newest first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import actor_of
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.verbs.person_names import find_person_names
from shipledger.verbs.receipt_search import search_receipts
from shipledger.web.pages.frame import Frame, require_right, url_with
from shipledger.web.pages.verdict_links import find_opening
from shipledger.web.pages.words import RECEIPT_STATES

PAGE_SIZE = 50
FIND_LIMIT = 300
VERDICTS_SHOWN = 2


async def show(frame: Frame, request: Request) -> Response:
    """A page of receipts."""
    viewer = viewer_of(request)
    organization_id = viewer.organization_id
    named = request.query_params.get("state", "")
    state = ReceiptState(named) if named in set(ReceiptState) else None
    before = request.query_params.get("before", "")[:64].replace("\0", "")
    text = request.query_params.get("find", "").replace("\0", "").strip()[:FIND_LIMIT]
    if text:
        require_right(viewer, Right.INSPECT)  # what a search finds tells what is in there
        wanted = ReceiptFilter(state=state, before_id=before, limit=PAGE_SIZE)
        search = await search_receipts(frame.ledger, organization_id, wanted, text)
        records, looked_at, older_than = [*search.records], search.looked_at, search.before_id
    else:
        wanted = ReceiptFilter(state=state, before_id=before, limit=PAGE_SIZE + 1)
        found = await frame.ledger.list_receipts(organization_id, wanted)
        records, looked_at = found[:PAGE_SIZE], 0
        older_than = records[-1].receipt.receipt_id if found.total > PAGE_SIZE and records else ""
    opening = await find_opening(frame.ledger, organization_id, [one.settlement for one in records])
    older = url_with(request, before=older_than, seen="") if older_than else ""
    return await frame.render_live(
        request,
        "requests.html",
        shown=[[record.settlement for record in records], older],
        records=records,
        opening=opening,
        verdicts_shown=VERDICTS_SHOWN,
        people=await find_person_names(frame.ledger, [actor_of(record.receipt) for record in records]),
        state=state or "",
        find=text,
        looked_at=looked_at,
        states=RECEIPT_STATES,
        older_url=older,
        newest_url=url_with(request, before="", seen="") if before else "",
    )
