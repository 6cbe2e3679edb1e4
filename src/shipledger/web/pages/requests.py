"""``/requests``: what arrived, newest first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.ledger.receipt import ReceiptState
from shipledger.store.contract import ReceiptFilter
from shipledger.web.pages.frame import Frame, url_with
from shipledger.web.pages.words import RECEIPT_STATES

PAGE_SIZE = 50


async def show(frame: Frame, request: Request) -> Response:
    """A page of receipts."""
    organization_id = await frame.organization_id()
    text = request.query_params.get("state", "")
    state = ReceiptState(text) if text in set(ReceiptState) else None
    before = request.query_params.get("before", "")[:64].replace("\0", "")
    found = await frame.store.list_receipts(organization_id, ReceiptFilter(state=state, before_id=before, limit=PAGE_SIZE + 1))
    records = found[:PAGE_SIZE]
    older = url_with(request, before=records[-1].receipt.receipt_id, seen="") if len(found) > PAGE_SIZE else ""
    return frame.render_live(
        request,
        "requests.html",
        shown=[[record.settlement for record in records], older],
        records=records,
        state=state or "",
        states=RECEIPT_STATES,
        older_url=older,
        newest_url=url_with(request, before="", seen="") if before else "",
    )
