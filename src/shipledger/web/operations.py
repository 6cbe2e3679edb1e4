"""Endpoints for operators: health, readiness and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any, Protocol, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from shipledger.access.people.session import IDLE, LONGEST
from shipledger.catalog.commit import PackBacklog
from shipledger.clock import Clock
from shipledger.errors import Unavailable
from shipledger.forwarding.message import OutboxBacklog
from shipledger.http.hosts import KnownHosts
from shipledger.http.sending import PIECE_BYTES
from shipledger.ledger.receipt_listing import Backlog
from shipledger.observability.health import Health
from shipledger.observability.metrics import CONTENT_TYPE, Metrics

READINESS, METRICS = "/readyz", "/metrics"
INSIDE_PATHS = (METRICS, READINESS)
"""Internal paths without a key, which proxies must block."""

RETRY_AFTER_SECONDS = "2"
FOREIGN_NAME = (
    "This server does not serve the host name in the request. Use its IP address, or add the name to the setting "
    "public_url or organization_hosts.\n"
)

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Backlogs(Protocol):
    """Who knows how much waits."""

    async def get_backlog(self) -> Backlog:
        """The number of unsettled receipts."""

    async def get_pack_backlog(self) -> PackBacklog:
        """The number of unread and of refused packs."""

    async def get_outbox_backlog(self) -> OutboxBacklog:
        """The number of messages that are not delivered."""

    async def count_sessions(self, *, seen_from: datetime, created_from: datetime) -> int:
        """How many sessions were used and begun since then."""


class Operations:
    """Endpoints for operators, open to everyone who can reach the server: they show counts and states, no content.

    Details are only returned under a host name of this server, so that no site can fetch them through a
    reader's browser.
    """

    def __init__(
        self,
        *,
        backlogs: Backlogs,
        clock: Clock,
        health: Health,
        metrics: Metrics,
        openapi: Callable[[], dict[str, Any]],
        hosts: KnownHosts,
    ) -> None:
        self._backlogs = backlogs
        self._clock = clock
        self._health = health
        self._metrics = metrics
        self._openapi = cache(lambda: msgspec.json.encode(openapi()))
        self._hosts = hosts

    def routes(self) -> Sequence[BaseRoute]:
        """The routes, to be placed before the pages."""
        return (
            Route("/healthz", self._tell_alive),
            Route(READINESS, self._tell_ready),
            Route(METRICS, self._for_known_hosts(self._tell_metrics)),
            Route("/ledger/openapi.json", self._for_known_hosts(self._tell_openapi)),
        )

    async def _tell_alive(self, _: Request) -> Response:
        return PlainTextResponse("ok\n" if self._health.is_alive() else "not alive\n")

    def _for_known_hosts(self, tell: Endpoint) -> Endpoint:
        async def tell_known(request: Request) -> Response:
            if not self._hosts.is_known(request):
                return PlainTextResponse(FOREIGN_NAME, HTTPStatus.FORBIDDEN)
            return await tell(request)

        return tell_known

    async def _tell_ready(self, request: Request) -> Response:
        readiness = await self._health.check_readiness()
        told: dict[str, Any] = {"ready": readiness.is_ready}
        if self._hosts.is_known(request):  # load balancers send no host name and only need the status
            told["checks"] = readiness.checks
        body = msgspec.json.encode(told)
        if readiness.is_ready:
            return Response(body, media_type="application/json")
        return Response(body, 503, {"Retry-After": RETRY_AFTER_SECONDS}, media_type="application/json")

    async def _tell_metrics(self, _: Request) -> Response:
        """Without the store, this process's metrics are still returned; those of the store keep their last value."""
        try:
            now = self._clock.now()
            backlog, packs, outbox, sessions = await asyncio.gather(
                self._backlogs.get_backlog(),
                self._backlogs.get_pack_backlog(),
                self._backlogs.get_outbox_backlog(),
                self._backlogs.count_sessions(seen_from=now - IDLE, created_from=now - LONGEST),
            )
        except Unavailable:
            return self._write_metrics()
        self._metrics.set_sessions(sessions)
        self._metrics.set_backlog(
            pending=backlog.pending,
            quarantined=backlog.quarantined,
            oldest_age_seconds=self._seconds_since(backlog.oldest_accepted_at),
        )
        self._metrics.set_outbox(
            pending=outbox.pending,
            given_up=outbox.given_up,
            oldest_age_seconds=self._seconds_since(outbox.oldest_at),
            open_targets=outbox.open_targets,
        )
        self._metrics.set_packs(pending=packs.pending, refused=packs.refused)
        return self._write_metrics()

    def _write_metrics(self) -> Response:
        """In pieces that are always sent: who watches a server must see that it is full."""
        text = self._metrics.render()
        return StreamingResponse(_in_pieces(text), headers={"Content-Length": str(len(text))}, media_type=CONTENT_TYPE)

    def _seconds_since(self, moment: datetime | None) -> float:
        return 0.0 if moment is None else max(self._clock.now() - moment, timedelta()).total_seconds()

    async def _tell_openapi(self, _: Request) -> Response:
        return Response(self._openapi(), media_type="application/json")


async def _in_pieces(text: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(text), PIECE_BYTES):
        yield text[start : start + PIECE_BYTES]
