"""Requests as a list: what was accepted over any API, and what was refused."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.refused import RefusedRecord
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptRecord
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, read_cursor
from shipledger.protocols.native.describing import choice, operation, paging, query, window
from shipledger.protocols.native.listing import DEFAULT_LIMIT, MAX_LIMIT, read_window
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.request_listing import RequestFilter, RequestOutcome, RequestRecord
from shipledger.verbs.requests import RequestVerbs

OUTCOMES = {one.value: one for one in RequestOutcome}
REQUEST_STATES = {one.value: one for one in ReceiptState}
PARAMETERS = ("from", "to", "outcome", "state", "status", "protocol", "credential", NAME, LIMIT, FORMAT)
_STATUS_DIGITS = 3
_SHOULD_BE_A_STATUS = "should be a status from 400 to 599"
_LEAST_STATUS, _MOST_STATUS = 400, 599


class ListedRequestOut(Struct, frozen=True):
    """A request. ``state`` and ``verdicts`` say what became of an accepted one, the rest what was answered to a refused one.

    ``address`` is null without the right `configuration`.
    """

    id: str
    outcome: str
    at: str
    protocol: str
    credential_id: str | None
    credential_name: str | None
    operation: str | None = None
    state: str | None = None
    verdicts: tuple[str, ...] | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    code: str | None = None
    sentence: str | None = None
    address: str | None = None
    size_bytes: int | None = None


class RequestPageOut(Struct, frozen=True):
    """A page, newest first."""

    requests: tuple[ListedRequestOut, ...]
    next_cursor: str | None


class Verbs(CallVerbs, RequestVerbs, Protocol):
    """What is asked of the ledger here."""


class RequestListing:
    """The list."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "requests", ListedRequestOut.__struct_fields__, public_url=public_url)

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, newest first; another one begins where its cursor says."""
        parameters = Parameters(request.query_params, PARAMETERS)
        since, until = read_window(parameters)
        cursor = read_cursor(parameters)
        wanted = RequestFilter(
            outcome=parameters.word("outcome", OUTCOMES, {}) or RequestOutcome.ALL,
            state=parameters.word("state", REQUEST_STATES, {}),
            status=_read_status(parameters),
            protocol=parameters.text("protocol"),
            credential_id=parameters.text("credential"),
            since=since,
            until=until,
            before_id="" if cursor is None else cursor[1],
            limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        )
        media_type = choose_type(request, parameters)
        parameters.check()
        found = await self._ledger.list_requests(grant.organization_id, wanted)
        return await self._list.answer(
            Asked(request, grant.organization_id, parameters, media_type),
            Page(found.records, (0, found.before_id) if found.before_id else None),
            lambda one: to_listed(one, shows_address=Scope.CONFIGURATION in grant.scopes),
        )


def to_listed(record: RequestRecord, *, shows_address: bool) -> ListedRequestOut:
    """A request as a line."""
    return _to_refused(record, shows_address=shows_address) if isinstance(record, RefusedRecord) else _to_accepted(record)


def request_list_paths(path: str) -> dict[str, Any]:
    """What describes the list."""
    return {
        path: {
            "get": operation(
                "List requests",
                {200: ("A page, newest first. `next_cursor` and `Link` lead to the next one.", RequestPageOut)},
                errors=(422,),
                parameters=(
                    *window("at"),
                    choice("outcome", OUTCOMES, "Accepted ones, refused ones, or all."),
                    choice("state", REQUEST_STATES, "Of accepted ones."),
                    query("status", "Of refused ones, such as 422.", pattern="^[45][0-9]{2}$", maxLength=_STATUS_DIGITS),
                    query("protocol", "The API over which it came, such as `native`."),
                    query("credential", "The id of the credential."),
                    *paging(DEFAULT_LIMIT, MAX_LIMIT),
                ),
                is_table=True,
            )
        }
    }


def _to_refused(record: RefusedRecord, *, shows_address: bool) -> ListedRequestOut:
    one = record.refused
    return ListedRequestOut(
        id=one.refused_id,
        outcome=RequestOutcome.REFUSED,
        at=format_time(one.refused_at),
        protocol=one.protocol,
        credential_id=one.credential_id,
        credential_name=record.credential_name or None,
        method=one.method,
        path=one.path,
        status=one.status,
        code=one.code or None,
        sentence=one.sentence or None,
        address=(one.address or None) if shows_address else None,
        size_bytes=one.size_bytes,
    )


def _to_accepted(record: ReceiptRecord) -> ListedRequestOut:
    receipt, settlement = record.receipt, record.settlement
    return ListedRequestOut(
        id=receipt.receipt_id,
        outcome=RequestOutcome.ACCEPTED,
        at=format_time(receipt.accepted_at),
        protocol=receipt.protocol,
        credential_id=receipt.credential_id or None,
        credential_name=record.credential_name or None,
        operation=receipt.operation,
        state=settlement.state,
        verdicts=tuple(one.kind.value for one in settlement.verdicts),
    )


def _read_status(parameters: Parameters) -> int:
    text = parameters.text("status")
    if not text:
        return 0
    is_number = text.isascii() and text.isdigit() and len(text) == _STATUS_DIGITS
    if not is_number or not _LEAST_STATUS <= int(text) <= _MOST_STATUS:
        parameters.faults["status"] = _SHOULD_BE_A_STATUS
        return 0
    return int(text)
