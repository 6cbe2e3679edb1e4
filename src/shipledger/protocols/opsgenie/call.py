"""One HTTP call from its first check to its answer: who calls, whether it may, and the envelope of what is answered."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import read_json_text
from shipledger.http.viewer import admit
from shipledger.protocols.contract import Endpoint, Guarded
from shipledger.protocols.opsgenie.credentials import API_KEY
from shipledger.protocols.opsgenie.faults import (
    Fault,
    ThrottledError,
    fault_of,
    fault_of_body,
    not_authenticated,
    right_is_missing,
    wrong_kind_of_key,
)
from shipledger.protocols.opsgenie.wire import AcceptedOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs

BODY_LIMIT_BYTES = 1024 * 1024
SCHEME = "geniekey"
MINUTE = 60

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()
_RATE_LIMITED = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.TOO_MANY_REQUESTS)


class Verbs(CallVerbs, CredentialVerbs, Protocol):
    """What is asked of the ledger here."""


class Call(Struct):
    """A call under way."""

    ledger: Verbs
    began: float
    grant: Grant
    period_seconds: int = MINUTE

    async def compute(self, task: Callable[[], T], *, size: int) -> T:
        """What ``task`` gives, see Verbs."""
        return await self.ledger.compute(self.grant.organization_id, task, size=size)

    def accept(self, receipt_id: str) -> Response:
        """The answer to a write that is durable. Its request id is the receipt's: clients poll with it."""
        return envelop(receipt_id, self.began, HTTPStatus.ACCEPTED, AcceptedOut(), period_seconds=self.period_seconds)

    def answer(self, status: int, body: Struct, headers: dict[str, str] | None = None) -> Response:
        """An answer in this API's envelope."""
        request_id = self.ledger.new_request_id()
        return envelop(request_id, self.began, status, body, headers, period_seconds=self.period_seconds)


Step = Callable[[Request, Call], Awaitable[Response]]


def envelop(
    request_id: str,
    began: float,
    status: int,
    body: Struct,
    headers: dict[str, str] | None = None,
    *,
    period_seconds: int = MINUTE,
) -> Response:
    """``body`` with what every answer has: how long it took, in seconds and never 0, and the id of the call.

    The Go client takes both from the headers, and reads a 0 as missing.
    """
    took = f"{max(time.perf_counter() - began, 0.001):.3f}"
    content = b'%b,"took":%b,"requestId":"%b"}' % (_ENCODER.encode(body)[:-1], took.encode(), request_id.encode())
    sent = {"X-Request-Id": request_id, "X-Response-Time": took, **(headers or {})}
    if status in _RATE_LIMITED:
        sent["X-RateLimit-State"] = "THROTTLED" if status == HTTPStatus.TOO_MANY_REQUESTS else "OK"
        sent["X-RateLimit-Reason"] = "ACCOUNT"
        sent["X-RateLimit-Period-In-Sec"] = str(period_seconds)
    return Response(content, int(status), sent, media_type="application/json")


class Admission:
    """Lets a call in when its key may do what it asks for, and answers everything that goes wrong."""

    def __init__(self, ledger: Verbs) -> None:
        self._ledger = ledger

    def endpoint(self, scope: Scope | None, step: Step) -> Endpoint:
        """``step`` for callers with the right ``scope``; None takes any good key."""

        async def answer(request: Request) -> Response:
            began = time.perf_counter()
            period_seconds = MINUTE
            try:
                grant = await self._authenticate(request)
                viewer = admit(request, grant)
                throttle = self._ledger.throttle(grant)
                period_seconds = throttle.period_seconds
                if throttle.is_exceeded:
                    raise ThrottledError(throttle)
                if scope is not None and not viewer.may(scope):
                    raise right_is_missing(scope)
                return await step(request, Call(self._ledger, began, grant, period_seconds))
            except Fault as error:
                fault = error
            except (BodyTooLarge, UnreadableJsonError, UnwieldyJsonError) as error:
                fault = fault_of_body(error)
            except ShipledgerError as error:
                fault = fault_of(error)
            request_id = self._ledger.new_request_id()
            return envelop(request_id, began, fault.status, fault.body, fault.headers, period_seconds=period_seconds)

        return Guarded(scope or "", answer)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered; whoever is found is noted."""
        with contextlib.suppress(Fault):
            await self._authenticate(request)

    async def _authenticate(self, request: Request) -> Grant:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != SCHEME or not key:
            raise not_authenticated()
        grant = await self._ledger.authenticate(key)
        if grant is None:
            raise not_authenticated()
        if grant.kind != API_KEY:
            raise wrong_kind_of_key()
        return grant


async def read_text(request: Request) -> str:
    """The body as text, as sent. Raises what ``read_json_text`` does."""
    return await read_json_text(request, BODY_LIMIT_BYTES)
