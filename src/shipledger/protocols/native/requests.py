"""What became of a request, at its own address and in the answer to it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.protocols.native.answers import list_subjects, to_request
from shipledger.protocols.native.call import reply
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.request_listing import to_listed
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import RequestOut
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.requests import RequestVerbs

SETTLEMENT_SECONDS = 10.0


class Verbs(CallVerbs, CredentialVerbs, RecordingVerbs, RequestVerbs, Protocol):
    """What is asked of the ledger here."""


class RequestOperations:
    """The operations on requests."""

    def __init__(self, ledger: Verbs) -> None:
        self._ledger = ledger

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with what became of a request, also while that is not known, or of a refused one; 404 when there is none."""
        receipt_id = bare_uuid(request.path_params["id"]).lower()
        settlement = await self._ledger.find_settlement(grant.organization_id, receipt_id)
        if settlement is None:
            return await self._get_refused(receipt_id, grant)
        kinds = await self._ledger.find_kinds(grant.organization_id, list_subjects(settlement))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_request(settlement, kinds))

    async def _get_refused(self, refused_id: str, grant: Grant) -> Response:
        record = await self._ledger.find_refused(grant.organization_id, refused_id)
        if record is None:
            raise not_found("request")
        listed = to_listed(record, shows_address=Scope.CONFIGURATION in grant.scopes)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, listed)


def accepted(receipt: Receipt) -> Response:
    """The receipt is durable; what becomes of it is found at the address in ``Location``."""
    told = RequestOut(
        request_id=receipt.receipt_id,
        state=ReceiptState.PENDING,
        accepted_at=format_time(receipt.accepted_at),
        settled_at=None,
        verdicts=(),
    )
    location = {"Location": f"{PREFIX}/requests/{receipt.receipt_id}"}
    return reply(receipt.receipt_id, HTTPStatus.ACCEPTED, told, location)
