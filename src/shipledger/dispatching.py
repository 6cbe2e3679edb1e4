"""The outermost layer: route a request to its protocol, operations endpoint or page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shipledger.access.trace import tracing
from shipledger.errors import DamagedRecord, ShipledgerError, Unavailable
from shipledger.found import noting_damage
from shipledger.http.body import BodyTooSlow
from shipledger.http.budget import Budget, account_of, is_full, keep_account
from shipledger.http.refusing import Refusing
from shipledger.http.sending import READS, MeasuredSend, NoRoomForAnswer, has_room_for_answer
from shipledger.protocols.contract import VendorProtocol
from shipledger.protocols.router import Match, RawRouter, host_of, raw_path_of

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RETRY_AFTER_SECONDS = 2

DAMAGED_HEADER = "Shipledger-Damaged-Records"
"""What an answer leaves out, since it cannot be read. A vendor's own body has no place to say so."""
MOST_NAMED = 20
LONGEST_NAME = 100
_NOT_PLAIN = re.compile("[^ -~]|,")

log = structlog.get_logger(__name__)


class DispatchObserver(Protocol):
    """Observer of answers."""

    def observe_request(self, protocol: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""


class UseObserver(Protocol):
    """Observer of who asks."""

    def note(self, request: Request, status: int) -> None:
        """``request`` was answered with ``status``."""


class Dispatcher:
    """An ASGI application that routes on the raw path. Paths without a protocol go to the pages.

    ``is_talkative``: log every answer of a protocol, not only server errors.
    """

    def __init__(
        self,
        *,
        router: RawRouter,
        observer: DispatchObserver,
        budget: Budget,
        use: UseObserver | None = None,
        refusing: Refusing | None = None,
        is_talkative: bool = False,
    ) -> None:
        self._router = router
        self._refusing = refusing
        self._budget = budget
        self._pages: ASGIApp = PlainTextResponse("Not Found", 404)
        self._observer = observer
        self._use = use
        self._is_talkative = is_talkative
        self._unavailable_told_at = float("-inf")
        self._is_stopping = False
        self._under_way = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def use_pages(self, pages: ASGIApp) -> None:
        """Send all paths without a protocol to ``pages``."""
        self._pages = pages

    @property
    def is_stopping(self) -> bool:
        """Whether new work is refused."""
        return self._is_stopping

    def refuse_writes(self) -> None:
        """Refuse new writes with 503 and close each connection after its next answer."""
        self._is_stopping = True

    async def stop(self, grace_seconds: float) -> None:
        """Refuse new writes, and wait at most ``grace_seconds`` for running requests."""
        self.refuse_writes()
        try:
            await asyncio.wait_for(self._is_idle.wait(), grace_seconds)
        except TimeoutError:
            log.warning("Requests are still running after the grace period.", requests=self._under_way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # no WebSocket is served, and none may reach anything
            return
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        self._under_way += 1
        self._is_idle.clear()
        account = self._budget.open_account()
        keep_account(scope, account)
        try:
            await self._answer(scope, receive, MeasuredSend(scope, send, account))
        finally:
            account.close()
            self._under_way -= 1
            if not self._under_way:
                self._is_idle.set()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw_path = self._router.path_at(host_of(scope), raw_path_of(scope))
        match = self._router.match(scope["method"], raw_path)
        if match is None:
            owner = self._router.owner_of(raw_path)
            if owner is None:
                await self._answer_page(scope, receive, send)
                return
            match = Match(owner, None, "", {}, ())
        began = time.perf_counter()
        scope["path_params"] = match.parameters
        request = Request(scope, receive, send)
        try:
            with noting_damage() as noted, tracing() as trace:
                response = await self._dispatch(match, request)
        except ClientDisconnect:
            return
        if noted:
            # Of a record whose organization is damaged too only its own list can have told.
            own = [one for one in noted.values() if one.organization_id in ("", account_of(request).holder)]
            response.headers.update({DAMAGED_HEADER: _name_damaged(own)} if own else {})
        if request.method in READS and not has_room_for_answer(account_of(request), len(response.body)):
            response = _answer_unavailable(match.protocol, request, is_full())
        self._tell(match, request, response, time.perf_counter() - began)
        if self._is_stopping:
            response.headers["Connection"] = "close"
        try:
            await response(scope, receive, _without_body(send) if scope["method"] == "HEAD" else send)
        finally:
            if self._refusing is not None:
                self._refusing.note(request, response, trace, match.protocol, match.pattern)

    async def _answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._pages(scope, receive, send)
        except NoRoomForAnswer:
            full = is_full()
            headers = {"Retry-After": str(full.retry_after_seconds)}
            response = PlainTextResponse(full.message, HTTPStatus.SERVICE_UNAVAILABLE, headers)
            await response(scope, receive, _without_body(send) if scope["method"] == "HEAD" else send)

    def _tell(self, match: Match, request: Request, response: Response, seconds: float) -> None:
        route, status = match.pattern or "unknown", response.status_code
        self._observer.observe_request(match.protocol.name, route, status, seconds)
        if self._use is not None:
            self._use.note(request, status)
        is_our_fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR and self._is_told_again(status)
        if self._is_talkative or is_our_fault:
            (log.warning if is_our_fault else log.debug)(
                "A request was answered.",
                request_id=response.headers.get("x-request-id", ""),
                method=request.method,
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

    def _is_told_again(self, status: int) -> bool:
        """Whether to log a failure. One 503 per second is enough: under overload there are thousands."""
        now = time.monotonic()
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            return True
        if now < self._unavailable_told_at + 1:
            return False
        self._unavailable_told_at = now
        return True

    async def _dispatch(self, match: Match, request: Request) -> Response:
        protocol = match.protocol
        if match.endpoint is None:
            return _answer_unknown(protocol, request, match.allowed)
        if self._is_stopping and request.method in WRITES:
            stopping = Unavailable("stopping", "The server is stopping; send the request again.")
            return _answer_unavailable(protocol, request, stopping)
        try:
            return await match.endpoint(request)
        except ClientDisconnect:
            raise
        except BodyTooSlow:
            return protocol.answer_error(request, None, HTTPStatus.REQUEST_TIMEOUT, {"Connection": "close"})
        except Unavailable as error:
            return _answer_unavailable(protocol, request, error)
        except Exception as error:
            known = error if isinstance(error, ShipledgerError) else None
            response = protocol.answer_error(request, known, 500, {})
            log.exception(
                "A request failed with an internal error.",
                request_id=response.headers.get("x-request-id", ""),
                protocol=protocol.name,
                route=match.pattern,
            )
            return response


def _name_damaged(damaged: Sequence[DamagedRecord]) -> str:
    """The records that an answer leaves out, as far as a header can name them."""
    names = [f"{one.table} {one.key}" for one in damaged[:MOST_NAMED]]
    if len(names) < len(damaged):
        names.append(f"and {len(damaged) - len(names)} more")
    return ", ".join(_NOT_PLAIN.sub("?", name)[:LONGEST_NAME] for name in names)


def _answer_unknown(protocol: VendorProtocol, request: Request, allowed: tuple[str, ...]) -> Response:
    if allowed:
        return protocol.answer_error(request, None, 405, {"Allow": ", ".join(allowed)})
    return protocol.answer_error(request, None, 404, {})


def _answer_unavailable(protocol: VendorProtocol, request: Request, error: Unavailable) -> Response:
    seconds = max(error.retry_after_seconds, RETRY_AFTER_SECONDS)
    return protocol.answer_error(request, error, 503, {"Retry-After": str(seconds)})


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head
