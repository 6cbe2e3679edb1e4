"""Tells of every request that a protocol refuses, once it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.refused import RefusedRequest
from shipledger.access.trace import Trace
from shipledger.http.proxies import Proxies
from shipledger.http.refused import Refusal, describe_refused, group_address, is_refused
from shipledger.ingestion.refused_keeping import RefusedKeeping
from shipledger.ledger.identity import bare_uuid, is_uuid

BODY_READ_BYTES = 64 * 1024


class Refuser(Protocol):
    """A protocol that answers."""

    name: str

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of its own says. Raises msgspec.DecodeError and UnicodeError for one of another form."""

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered; whom it finds is noted."""


class Refusing:
    """Hands refused requests to those who keep them. ``new_id`` names those whose answer has no id."""

    def __init__(
        self, keeping: RefusedKeeping, proxies: Proxies, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._keeping = keeping
        self._proxies = proxies
        self._now = now
        self._new_id = new_id

    def note(self, request: Request, response: Response, trace: Trace, refuser: Refuser, pattern: str) -> None:
        """A request was answered. ``pattern``: of the operation, "" if there is none.

        What was recorded is listed with its receipt, and its address is that of a client behind a proxy that the settings name.
        """
        if not is_refused(response.status_code, request.method, pattern) or trace.is_recorded:
            return
        sender = trace.sender
        if sender is not None:
            if self._keeping.has_room(sender.organization_id):
                refused = self._describe(request, response, refuser, pattern, self._proxies.address_of(request))
                self._keeping.add(replace(refused, organization_id=sender.organization_id, credential_id=sender.credential_id))
            return
        address = group_address(self._proxies.address_of(request))
        is_unasked = not pattern or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if is_unasked:
            refused = self._describe(request, response, refuser, pattern, address)
            self._keeping.ask(refused, lambda: refuser.find_sender(request))
        elif not self._keeping.count_known(address):
            self._keeping.count(self._describe(request, response, refuser, pattern, address))

    def _describe(self, request: Request, response: Response, refuser: Refuser, pattern: str, address: str) -> RefusedRequest:
        answered_id = bare_uuid(response.headers.get("x-request-id", ""))
        return describe_refused(
            request,
            _read(refuser, bytes(response.body)),
            refused_id=answered_id if is_uuid(answered_id) else self._new_id(),
            at=self._now(),
            protocol=refuser.name,
            pattern=pattern,
            status=response.status_code,
            address=address,
        )


def _read(refuser: Refuser, body: bytes) -> Refusal:
    """What an answer says. One of another form, such as a page, says nothing that is kept."""
    if len(body) > BODY_READ_BYTES:
        return Refusal()
    try:
        return refuser.read_refusal(body)
    except (msgspec.DecodeError, UnicodeError):
        return Refusal()
