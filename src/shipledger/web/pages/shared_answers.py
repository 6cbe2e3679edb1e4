"""Answers to open pages that ask for what is new: made once for everybody who may see the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import ALIKE, Frame, LiveBlock, Show, is_poll, unchanged
from shipledger.web.pages.visiting import visit_of

PAUSE_SECONDS = 0.5
"""Between two answers of the same, if several ask. Whoever asks meanwhile waits for the next, so nobody gets one from before."""

REMEMBERED = 200
REMEMBERED_BYTES = 8 * 1024 * 1024
NOBODY = b""


class _Made:
    """An answer. ``shown`` stands for what it shows; ``body`` is None where it was "nothing has changed"."""

    def __init__(self, began: float, shown: str, body: bytes | None, asker: bytes) -> None:
        self.began = began
        self.shown = shown
        self.body = body
        self.askers = {asker}

    @property
    def size(self) -> int:
        return len(self.body or b"")

    def answer(self, seen: str, asker: bytes) -> Response | None:
        """The answer to ``asker``, who shows what ``seen`` stands for; None if this says too little."""
        if self.body is None and self.shown != seen:
            return None
        self.askers.add(asker)
        return unchanged() if self.body is None or self.shown == seen else LiveBlock(self.body, self.shown)

    def pause_before_next(self, asker: bytes, now: float) -> float:
        """Seconds to wait before another is made for ``asker``: none if nobody else asks. Who is not signed in has no name."""
        is_alone = asker != NOBODY and self.askers == {asker}
        return 0.0 if is_alone else max(0.0, self.began + PAUSE_SECONDS - now)


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.count = 0


class SharedAnswers:
    """Makes the answers of open pages, each for all who wait for it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._made: OrderedDict[Hashable, _Made] = OrderedDict()
        self._bytes = 0
        self._turns: dict[Hashable, _Turn] = {}

    def share(self, show: Show) -> Show:
        """``show``, which makes one answer for all pages open at the same address, of viewers with the same rights.

        Only for a page whose block ``live`` does not depend on the person; it is written without one.
        """

        async def show_shared(frame: Frame, request: Request) -> Response:
            return await self._answer(frame, request, show) if is_poll(request) else await show(frame, request)

        return show_shared

    async def _answer(self, frame: Frame, request: Request, show: Show) -> Response:
        arrived, key, seen = self._monotonic(), _key_of(request), request.query_params.get("seen", "")
        visit = visit_of(request)
        asker = NOBODY if visit is None else visit.session.session_hash
        async with self._turn_of(key):
            made = self._made.get(key)
            answer = made.answer(seen, asker) if made is not None and made.began >= arrived else None
            if answer is not None:
                return answer
            if made is not None:
                await asyncio.sleep(made.pause_before_next(asker, self._monotonic()))
            request.scope[ALIKE] = True
            began = self._monotonic()
            response = await show(frame, request)
            if isinstance(response, LiveBlock):
                self._keep(key, _Made(began, response.shown, bytes(response.body), asker))
            elif response.status_code == HTTPStatus.NO_CONTENT:
                self._keep(key, _Made(began, seen, None, asker))
            return response

    def _keep(self, key: Hashable, made: _Made) -> None:
        self._drop(key)
        self._made[key] = made
        self._bytes += made.size
        while self._made and self._is_too_much(made.began - PAUSE_SECONDS):
            self._drop(next(iter(self._made)))

    def _is_too_much(self, oldest: float) -> bool:
        first = next(iter(self._made.values()))
        return len(self._made) > REMEMBERED or self._bytes > REMEMBERED_BYTES or first.began < oldest

    def _drop(self, key: Hashable) -> None:
        dropped = self._made.pop(key, None)
        self._bytes -= 0 if dropped is None else dropped.size

    @asynccontextmanager
    async def _turn_of(self, key: Hashable) -> AsyncIterator[None]:
        """One at a time makes the answer; the others find it made."""
        turn = self._turns.setdefault(key, _Turn())
        turn.count += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.count -= 1
            if not turn.count:
                del self._turns[key]


def _key_of(request: Request) -> Hashable:
    """What the answer depends on: the organization, the address, and what the viewer may do there and in teams.

    Whoever is not signed in shares with nobody who is: a page may tell them less.
    """
    viewer = viewer_of(request)
    team_roles = {} if viewer.member is None else viewer.member.team_roles
    query = tuple(pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] != "seen")
    is_known = viewer.person is not None
    return viewer.organization_id, request.scope["path"], query, viewer.rights, is_known, tuple(sorted(team_roles.items()))
