"""Who may hold how many connections of a pool, so that one organization whose statements hang keeps no other from going on."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shipledger.errors import Unavailable
from shipledger.store.postgres.ownership import INSTALLATION
from shipledger.store.postgres.standing import Standings

SHARE = 3
"""One party may hold one of so many places at once, rounded up."""
SILENT_SHARE = 4
"""All parties together that did not answer last time may hold one of so many, to find out whether they do now."""
LATE_SECONDS = 0.5
"""Who holds a place for longer has to yield it when all places are taken and somebody else waits."""
LOOK_SECONDS = 0.1
"""So often it is looked whether anybody has to."""
PROOF_SECONDS = 0.25
"""A database that takes longer to answer is busy: then what is late does not hang."""

Proof = Callable[[], Awaitable[None]]


class Place:
    """The right to one connection. ``give_up`` ends what is done over it; None before anything is."""

    def __init__(self, party: str, *, may_be_late: bool) -> None:
        self.party = party
        self.may_be_late = may_be_late
        self.taken_at = time.monotonic()
        self.give_up: Callable[[], None] | None = None

    @property
    def can_yield(self) -> bool:
        """Whether it is held by something that can be ended and should not take long."""
        return self.give_up is not None and not self.may_be_late

    def yield_it(self) -> None:
        """End what is done over it."""
        if self.give_up is not None:
            give_up, self.give_up = self.give_up, None
            give_up()


class _Wait:
    """Somebody who waits for a place."""

    def __init__(self, party: str, *, may_be_late: bool) -> None:
        self.party = party
        self.may_be_late = may_be_late
        self.began_at = time.monotonic()
        self.place: asyncio.Future[Place] = asyncio.get_running_loop().create_future()


class Shares:
    """The places of a pool, and who holds them.

    A party is an organization, or what belongs to none, or to all. It holds at most its share, and who waits longest of those
    that hold least comes first. A party that did not answer is asked again after a pause, and few of these at once. When all
    places are taken for long, ``proof`` finds out whether the database answers; if it does, what is late hangs, and yields.
    """

    def __init__(self, size: int, *, proof: Proof) -> None:
        self._size = size
        self._proof = proof
        self._share = math.ceil(size / SHARE)
        self._silent_share = max(1, size // SILENT_SHARE)
        self._held: dict[str, set[Place]] = {}
        self._taken = 0
        self._waits: dict[str, deque[_Wait]] = {}
        self._standings = Standings()
        self._making_room: asyncio.Task[None] | None = None

    @property
    def silent(self) -> frozenset[str]:
        """The parties that do not answer."""
        return self._standings.silent

    async def take(self, party: str, *, within_seconds: float, may_be_late: bool = False) -> Place:
        """A place, which has to be given back. Raises Unavailable, at once for a party that is not asked again yet."""
        if self._standings.is_left_alone(party) or (self._standings.is_silent(party) and not self._has_room(party)):
            raise self._standings.refusal(party)
        wait = _Wait(party, may_be_late=may_be_late)
        self._waits.setdefault(party, deque()).append(wait)
        self._serve()
        try:
            await self._wait(wait, within_seconds)
        except BaseException:
            self._withdraw(wait)
            raise
        if not wait.place.done():
            self._withdraw(wait)
            raise Unavailable("database_unavailable", self._explain(party))
        return wait.place.result()

    def give_back(self, place: Place, *, has_answered: bool | None = None) -> None:
        """A place is free again. ``has_answered``: whether the database has, be it with an error; None: it was not asked."""
        held = self._held[place.party]
        held.remove(place)
        if not held:
            del self._held[place.party]
        self._taken -= 1
        if has_answered is not None and place.party != INSTALLATION:
            self._standings.note(place.party, has_answered=has_answered)
            if not has_answered:
                self._turn_away(place.party)
        self._serve()

    async def _wait(self, wait: _Wait, seconds: float) -> None:
        ends_at = wait.began_at + seconds
        while not wait.place.done() and (left := ends_at - time.monotonic()) > 0:
            await asyncio.wait({wait.place}, timeout=min(left, LOOK_SECONDS))
            if not wait.place.done() and self._making_room is None and self._taken >= self._size and self._list_late():
                self._making_room = asyncio.create_task(self._make_room(), name="yielding of connections")

    def _serve(self) -> None:
        """Give free places to those who wait."""
        while self._taken < self._size:
            fit = [waits[0] for party, waits in self._waits.items() if self._has_room(party)]
            if not fit:
                return
            first = min(fit, key=lambda wait: (len(self._held.get(wait.party, ())), wait.began_at))
            self._leave(first)
            place = Place(first.party, may_be_late=first.may_be_late)
            self._held.setdefault(first.party, set()).add(place)
            self._taken += 1
            first.place.set_result(place)

    def _has_room(self, party: str) -> bool:
        held = len(self._held.get(party, ()))
        if party == INSTALLATION:  # without it nothing goes on
            return True
        if self._standings.is_silent(party):
            silent = sum(len(places) for one, places in self._held.items() if self._standings.is_silent(one))
            return not held and silent < self._silent_share
        return held < self._share

    def _turn_away(self, party: str) -> None:
        """Who waits for what does not answer hears so."""
        for wait in tuple(self._waits.get(party, ())):
            self._leave(wait)
            wait.place.set_exception(self._standings.refusal(party))

    async def _make_room(self) -> None:
        """Let those who have held a place longest yield it: as many as others wait for."""
        try:
            with suppress(Unavailable):
                began_at = time.monotonic()
                await self._proof()
                if time.monotonic() - began_at > PROOF_SECONDS:
                    return
                wanted = sum(self._has_room(party) for party in self._waits) if self._taken >= self._size else 0
                for place in sorted(self._list_late(), key=lambda one: one.taken_at)[:wanted]:
                    place.yield_it()
        finally:
            self._making_room = None

    def _list_late(self) -> list[Place]:
        """The places that are held for long, by others than those who wait."""
        until = time.monotonic() - LATE_SECONDS
        return [
            place
            for party, places in self._held.items()
            for place in places
            if place.taken_at < until and place.can_yield and not (party in self._waits and len(self._waits) == 1)
        ]

    def _withdraw(self, wait: _Wait) -> None:
        if not wait.place.done():
            self._leave(wait)
            wait.place.cancel()
        elif wait.place.exception() is None:
            self.give_back(wait.place.result())

    def _leave(self, wait: _Wait) -> None:
        waits = self._waits[wait.party]
        if waits[0] is wait:
            waits.popleft()
        else:
            waits.remove(wait)
        if not waits:
            del self._waits[wait.party]

    def _explain(self, party: str) -> str:
        if self._taken < self._size and not self._has_room(party):
            return "The ledger is unavailable: this organization has too many statements running; retry later."
        return "The ledger is unavailable: no database connection became free in time."
