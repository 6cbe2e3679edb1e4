"""A budget for the bytes of requests and answers held in memory, over all connections.

A limit per body is not enough: ten thousand connections may each hold a body within it. So all
bytes are taken from one budget and returned. Unauthenticated senders share a small part of
it, and no organization can use all of it, so that others find room.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock

from starlette.requests import Request
from starlette.types import Scope

from shipledger.errors import Unavailable
from shipledger.http.pace import Pace

UNKNOWN = ""
HEADS = "heads"
ANSWERS = "answers"
"""Whoever has not proven who it is holds bodies, heads and answers apart from each other: who takes in no answers, or sends large
heads, leaves the room for bodies to those who are about to prove something."""
READERS = "readers"
"""Readers of the pages."""
UNKNOWN_SHARE = 8
KNOWN_SHARE = 2
"""Each kind of what senders hold who are not known may be one of so many parts of the budget, for all of them together; what an
organization holds one of so many."""
RETRY_AFTER_SECONDS = 2

_ACCOUNT = "shipledger.account"


class BodyTooLarge(Exception):
    """The body exceeds the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"body is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class Budget:
    """``limit_bytes`` for all connections. A body may pause for ``seconds``, and must have a minimum rate."""

    def __init__(self, limit_bytes: int, *, seconds: float, slowest_bytes_per_second: int) -> None:
        self.limit_bytes = limit_bytes
        self._seconds = seconds
        self._slowest = slowest_bytes_per_second
        self._held: Counter[str] = Counter()
        self._lock = Lock()  # bodies are decompressed in threads
        self.held_bytes = 0

    def share_of(self, holder: str) -> int:
        """The maximum bytes of a holder."""
        return self.limit_bytes // (UNKNOWN_SHARE if holder in (UNKNOWN, HEADS, ANSWERS) else KNOWN_SHARE)

    def has_room(self, holder: str, count: int) -> bool:
        """Whether a holder may take ``count`` more bytes."""
        return self.held_bytes + count <= self.limit_bytes and self._held[holder] + count <= self.share_of(holder)

    def has_nothing(self, holder: str) -> bool:
        """Whether a holder has no bytes now."""
        return not self._held[holder]

    def add(self, holder: str, count: int) -> None:
        """Count what a holder has more, or less."""
        with self._lock:
            self.held_bytes += count
            self._held[holder] += count
            if not self._held[holder]:
                del self._held[holder]

    def new_pace(self, now: float) -> Pace:
        """The pace of a body that begins ``now``."""
        return Pace(self._seconds, self._slowest, now)

    def open_account(self, holder: str = UNKNOWN) -> Account:
        """An account, by itself of somebody who is not known yet."""
        return Account(self, holder)


class Account:
    """The part of the budget held by a request or a connection."""

    def __init__(self, budget: Budget, holder: str) -> None:
        self._budget = budget
        self._holder = holder
        self._held = 0
        self._is_closed = False

    @property
    def budget(self) -> Budget:
        """Of which this is a part."""
        return self._budget

    def belong_to(self, holder: str) -> None:
        """Assign to an authenticated holder from now on. Raises Unavailable if it already holds too much."""
        self._budget.add(self._holder, -self._held)
        self._holder = holder
        self._budget.add(holder, self._held)
        if not self._budget.has_room(holder, 0):
            raise is_full()

    @property
    def holder(self) -> str:
        """Who holds it: an organization, once its sender has proven that it is one of it."""
        return self._holder

    @property
    def share_bytes(self) -> int:
        """How many bytes its holder may have at most."""
        return self._budget.share_of(self._holder)

    def has_room(self, count: int) -> bool:
        """Whether it may hold ``count`` bytes more."""
        return self._budget.has_room(self._holder, count)

    def open_for_answer(self) -> Account:
        """An account for what its holder is answered."""
        return self._budget.open_account(self._holder or ANSWERS)

    def take(self, count: int) -> None:
        """Take ``count`` more bytes. Raises Unavailable if there is no room now, BodyTooLarge if there never is."""
        if self._held + count > self.share_bytes:
            raise BodyTooLarge(self.share_bytes)
        if not self.has_room(count):
            raise is_full()
        self.owe(count)

    def may_owe(self, count: int) -> bool:
        """Whether to make it hold ``count`` bytes more: also more than ever fit, while its holder has nothing else."""
        return self.has_room(count) or self._budget.has_nothing(self._holder)

    def owe(self, count: int) -> None:
        """Take ``count`` more bytes that already exist and cannot be refused: others find less room until they are released."""
        if not self._is_closed:
            self._held += count
            self._budget.add(self._holder, count)

    def give_back(self, count: int) -> None:
        """Release ``count`` bytes."""
        self.owe(-count)

    def hold(self, count: int) -> None:
        """Hold exactly ``count`` bytes. Raises what ``take`` raises."""
        if count > self._held:
            self.take(count - self._held)
        elif count < self._held:
            self.give_back(self._held - count)

    def close(self) -> None:
        """Release everything."""
        self.give_back(self._held)
        self._is_closed = True


def keep_account(scope: Scope, account: Account) -> None:
    """Have ``account`` count what the request of ``scope`` holds."""
    scope[_ACCOUNT] = account


def account_of(request: Request) -> Account:
    """What the request holds."""
    account: Account = request.scope[_ACCOUNT]
    return account


def is_full() -> Unavailable:
    """There is no room now."""
    return Unavailable(
        "bytes_in_flight",
        "Too many bytes are being received and sent; send the request again.",
        retry_after_seconds=RETRY_AFTER_SECONDS,
    )
