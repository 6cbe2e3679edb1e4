"""What an operator's tools ask: is it alive, is it ready, how does it fare."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from shipledger.clock import Clock
from shipledger.errors import Unavailable
from shipledger.observability.health import Health
from shipledger.observability.metrics import CONTENT_TYPE, Metrics
from shipledger.store.contract import Store

RETRY_AFTER_SECONDS = "2"


class Operations:
    """The endpoints for operators, open to everyone who can reach the server: they tell counts and states, no content."""

    def __init__(self, *, store: Store, clock: Clock, health: Health, metrics: Metrics, openapi: dict[str, Any]) -> None:
        self._store = store
        self._clock = clock
        self._health = health
        self._metrics = metrics
        self._openapi = msgspec.json.encode(openapi)

    def routes(self) -> Sequence[BaseRoute]:
        """The routes, to be placed before the pages."""
        return (
            Route("/healthz", self._tell_alive),
            Route("/readyz", self._tell_ready),
            Route("/metrics", self._tell_metrics),
            Route("/ledger/openapi.json", self._tell_openapi),
        )

    async def _tell_alive(self, _: Request) -> Response:
        return PlainTextResponse("ok\n" if self._health.is_alive() else "not alive\n")

    async def _tell_ready(self, _: Request) -> Response:
        readiness = await self._health.check_readiness()
        body = msgspec.json.encode({"ready": readiness.is_ready, "checks": readiness.checks})
        if readiness.is_ready:
            return Response(body, media_type="application/json")
        return Response(body, 503, {"Retry-After": RETRY_AFTER_SECONDS}, media_type="application/json")

    async def _tell_metrics(self, _: Request) -> Response:
        """Without the store the measures of this process are still told; those of the store keep their last value."""
        try:
            backlog, packs = await asyncio.gather(self._store.get_backlog(), self._store.get_pack_backlog())
        except Unavailable:
            return Response(self._metrics.render(), media_type=CONTENT_TYPE)
        oldest = backlog.oldest_accepted_at
        age = self._clock.now() - oldest if oldest is not None else timedelta()
        self._metrics.set_backlog(
            pending=backlog.pending, quarantined=backlog.quarantined, oldest_age_seconds=age.total_seconds()
        )
        self._metrics.set_packs(pending=packs.pending, refused=packs.refused)
        return Response(self._metrics.render(), media_type=CONTENT_TYPE)

    async def _tell_openapi(self, _: Request) -> Response:
        return Response(self._openapi, media_type="application/json")
