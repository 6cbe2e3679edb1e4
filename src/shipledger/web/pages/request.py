"""``/requests/{id}``: what happened to one request, in words."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.ledger.actor import actor_of, owner_of
from shipledger.ledger.identity import bare_uuid
from shipledger.verbs.person_names import find_person_names
from shipledger.verbs.refused import advise
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.verdict_links import find_opening

BODY_SHOWN_CHARACTERS = 100_000
BRACKETS_LIMIT = 10_000


async def show(frame: Frame, request: Request) -> Response:
    """The page of one receipt. Raises NotFound."""
    organization_id = viewer_of(request).organization_id
    receipt_id = request.path_params["receipt_id"].strip("{}").lower()
    record = await frame.ledger.find_receipt(organization_id, receipt_id)
    if record is None:
        return await _show_refused(frame, request, bare_uuid(receipt_id))
    body = pretty(record.receipt.body)
    return await frame.render_live(
        request,
        "request.html",
        shown=[record.settlement, record.attempts],
        record=record,
        is_personal=bool(owner_of(record.receipt.credential_id)),
        opening=await find_opening(frame.ledger, organization_id, [record.settlement]),
        people=await find_person_names(frame.ledger, [actor_of(record.receipt)]),
        body=body[:BODY_SHOWN_CHARACTERS],
        hidden_characters=max(0, len(body) - BODY_SHOWN_CHARACTERS),
    )


async def _show_refused(frame: Frame, request: Request, refused_id: str) -> Response:
    """The page of one that was refused, for those who may see what arrived. Raises NotFound, also for others."""
    viewer = viewer_of(request)
    record = await frame.ledger.find_refused(viewer.organization_id, refused_id) if viewer.may(Right.INSPECT) else None
    if record is None:
        raise NotFound(
            "receipt",
            f"No request has the id {refused_id}. Of refused ones only the newest are kept, and only of senders with a key that "
            "belongs to this organization.",
        )
    return await frame.render(request, "refused.html", record=record, advice=advise(record.refused))


def pretty(body: str) -> str:
    """JSON with line breaks, every number and name as it was sent; any other text unchanged, and JSON of very many brackets.

    Each bracket may begin a line, and each line with hundreds of blanks.
    """
    if body.count("[") + body.count("{") > BRACKETS_LIMIT:
        return body
    try:
        return msgspec.json.format(body.encode("utf-8", "surrogatepass"), indent=2).decode("utf-8", "replace")
    except (msgspec.DecodeError, RecursionError):
        return body
