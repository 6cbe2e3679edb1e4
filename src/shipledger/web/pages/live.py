"""``/live``: server-sent events that say which records changed, so that an open page looks again at once.

An event has no content of the ledger but ids: the page fetches what it shows as it always does, with the rights of its reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from random import Random

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from shipledger.http.viewer import viewer_of
from shipledger.verbs.news import WatchNews
from shipledger.web.pages.frame import Frame

PATH = "/live"
MOST = 1_000
"""Streams of one process. Whoever finds no room looks every few seconds, as without any."""
HEARTBEAT_SECONDS = 20.0
"""Proxies end connections on which nothing comes."""
PAUSE_SECONDS = 1.0
"""Between two events: changes in between are one."""
BUSY_PAUSE_SECONDS = 4.0
"""After one that says that anything may have changed."""
LASTS_SECONDS = 300.0
"""A browser connects again by itself, and is let in again only while its session lasts."""
RETRY_MILLISECONDS = 3_000

_random = Random()  # noqa: S311  only spreads the ends of streams


async def show(frame: Frame, request: Request) -> Response:
    """A stream of events ``changed``, each with the ids of what changed, none for anything; 503 where there are too many."""
    if frame.news.count >= MOST:
        headers = {"Retry-After": "60"}
        return PlainTextResponse("Too many pages are open.\n", HTTPStatus.SERVICE_UNAVAILABLE, headers)
    headers = {"X-Accel-Buffering": "no"}  # nginx keeps pieces together otherwise
    events = _stream(frame.news, viewer_of(request).organization_id)
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _stream(news: WatchNews, organization_id: str) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LASTS_SECONDS * (1 + _random.random())
    with news.watch(organization_id) as watch:
        yield b"retry: %d\nevent: open\ndata:\n\n" % RETRY_MILLISECONDS
        while not watch.is_over and loop.time() < ends_at:
            changed = await watch.wait(HEARTBEAT_SECONDS)
            if changed is None:
                yield b":\n\n"
                continue
            yield b"event: changed\ndata: %b\n\n" % msgspec.json.encode(sorted(changed))
            await asyncio.sleep(PAUSE_SECONDS if changed else BUSY_PAUSE_SECONDS)
