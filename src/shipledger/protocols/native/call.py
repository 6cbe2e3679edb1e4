"""One HTTP call from its first check to its answer: who calls, whether it may, and what goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import NATIVE, PERSONAL, Grant, Scope
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import read_json_text
from shipledger.http.viewer import admit
from shipledger.protocols.contract import BODY_LIMIT_BYTES, Endpoint, Guarded
from shipledger.protocols.native.credentials import GLANCE
from shipledger.protocols.native.faults import (
    MEDIA_TYPE,
    Fault,
    fault_of,
    not_authenticated,
    right_is_missing,
    too_many,
)
from shipledger.protocols.native.wire import ProblemOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, encode_json
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs

TOKEN = "token"  # noqa: S105  the name of a parameter
NOT_IN_ADDRESSES = (
    "Addresses are logged, so only a token that may do nothing else belongs in one. Create it with "
    "`shipledger credential create native --name badges --scope glance`, or send this one in the Authorization header."
)
_KINDS = (NATIVE, PERSONAL)
_INCLUDED_IN: Mapping[str, str] = {GLANCE: Scope.READ}
Step = Callable[[Request, Grant], Awaitable[Response]]
FindGrant = Callable[[Request], Awaitable[Grant | None]]


class Verbs(CallVerbs, CredentialVerbs, Protocol):
    """What is asked of the ledger here."""


class Admission:
    """Lets a call in when its token may do what it asks for, and answers everything that goes wrong."""

    def __init__(self, ledger: Verbs) -> None:
        self._ledger = ledger

    def endpoint(self, scope: str, step: Step) -> Endpoint:
        """``step`` for callers with the right ``scope``; "" takes every good token."""
        return self._guard(scope, step, self._find_grant)

    def glance(self, step: Step) -> Endpoint:
        """``step`` for callers who may see what runs. Images have no headers, so their token may stand in the address."""
        return self._guard(GLANCE, step, self._find_glancer)

    def _guard(self, scope: str, step: Step, find: FindGrant) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                return await step(request, await self._admit(request, scope, find))
            except Fault as error:
                fault = error
            except (BodyTooLarge, UnreadableJsonError, UnwieldyJsonError, ShipledgerError) as error:
                fault = fault_of(error)
            return refuse(self._ledger.new_request_id(), fault)

        return Guarded(scope, answer)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered; whoever is found is noted."""
        await self._find_grant(request)

    async def _find_grant(self, request: Request) -> Grant | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        return await self._ledger.authenticate(token) if scheme.lower() == "bearer" and token else None

    async def _find_glancer(self, request: Request) -> Grant | None:
        """Raises Fault for a token in the address that may do more: addresses are logged and passed on."""
        token = request.query_params.get(TOKEN, "").strip()
        if not token:
            return await self._find_grant(request)
        grant = await self._ledger.authenticate(token)
        if grant is not None and grant.scopes != {GLANCE}:
            raise Fault(HTTPStatus.FORBIDDEN, NOT_IN_ADDRESSES)
        return grant

    async def _admit(self, request: Request, scope: str, find: FindGrant) -> Grant:
        grant = await find(request)
        if grant is None or grant.kind not in _KINDS:
            raise not_authenticated()
        viewer = admit(request, grant)
        throttle = self._ledger.throttle(grant)
        if throttle.is_exceeded:
            raise too_many(throttle)
        if scope and not viewer.may(scope) and not viewer.may(_INCLUDED_IN.get(scope, scope)):
            raise right_is_missing(scope)
        return grant


async def read_text(request: Request) -> str:
    """The body as text, as sent. Raises what ``read_json_text`` does."""
    return await read_json_text(request, BODY_LIMIT_BYTES)


def reply(request_id: str, status: int, body: Struct, headers: dict[str, str] | None = None) -> Response:
    """An answer."""
    sent = {"X-Request-Id": request_id, **(headers or {})}
    return Response(encode_json(body), int(status), sent, media_type="application/json")


def refuse(request_id: str, fault: Fault, headers: dict[str, str] | None = None) -> Response:
    """An error answer."""
    problem = ProblemOut(
        title=fault.title, status=fault.status, detail=fault.detail, request_id=request_id, errors=fault.errors or UNSET
    )
    sent = {"X-Request-Id": request_id, **fault.headers, **(headers or {})}
    return Response(encode_json(problem), int(fault.status), sent, media_type=MEDIA_TYPE)
