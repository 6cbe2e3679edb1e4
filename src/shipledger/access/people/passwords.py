"""Passwords: hashed with Argon2id, a few at a time, so that a flood of them costs bounded memory and time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import unicodedata
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from shipledger.errors import Invalid, Unavailable

T = TypeVar("T")

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
"""OWASP's second choice for Argon2id: 19 MiB, two passes, one lane."""

AT_ONCE = 2
"""Of whoever nobody knows yet."""

KNOWN_AT_ONCE = 1
"""Besides, of those who are known."""

WAITING_LIMIT = 30
"""How many wait for their turn. A hash takes some 30 ms on one core; in a flood the last one waits six seconds."""

FLOOD = 4
REST_SECONDS = 0.4
"""While so many wait, each place rests after a hash: five a second take a tenth of a core. Without rests they take all that is
left, and the memory that a hash fills slows down, even at the lowest priority, what else runs on the core."""

BUSY, BUSY_SECONDS = "sign_in_busy", 5
"""The code of the error that too many wait, and when to try again."""

TOO_MANY = "Too many people are signing in at this moment. Try again in a few seconds."

NICENESS = 10
"""Of the threads that hash: other work goes first. Hashing does not hold the interpreter."""

SHORTEST = 12
LONGEST = 1_024
DIFFERENT = 5
"""NIST SP 800-63B: length is what counts, and no rule about kinds of characters helps."""


class Queue:
    """Places to hash at, and who waits for one. ``rests``: a place rests after a hash while many wait."""

    def __init__(self, places: int, *, rests: bool) -> None:
        self._places = asyncio.Semaphore(places)
        self.rests = rests
        self._waiting = 0

    def require_room(self) -> None:
        """Raises Unavailable if too many wait."""
        if self._waiting >= WAITING_LIMIT:
            raise Unavailable(BUSY, TOO_MANY, retry_after_seconds=BUSY_SECONDS)

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work`` when its turn has come. Raises Unavailable."""
        self.require_room()
        self._waiting += 1
        try:
            await self._places.acquire()
            try:
                return await work()
            finally:
                if self.rests and self._waiting >= FLOOD:
                    asyncio.get_running_loop().call_later(REST_SECONDS, self._places.release)
                else:
                    self._places.release()
        finally:
            self._waiting -= 1


class Passwords:
    """Hashes and checks passwords in threads, a few at a time.

    Whoever is known has places of their own: a browser in which the account has signed in before, and who has a link.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
        self._unknown, self._known = Queue(AT_ONCE, rests=True), Queue(KNOWN_AT_ONCE, rests=False)
        self._threads = ThreadPoolExecutor(AT_ONCE + KNOWN_AT_ONCE, thread_name_prefix="passwords", initializer=_give_way)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The encoded hash of a new password. Raises Invalid if it is too short or too long, Unavailable if too many wait."""
        check_password(password)
        return await self._run(self._known, partial(self._hasher.hash, _to_bytes(password)))

    async def hash_again(self, password: str) -> str:
        """The encoded hash of a password that is in use, whatever its length. Raises Unavailable if too many wait."""
        return await self._run(self._known, partial(self._hasher.hash, _to_bytes(password)))

    async def verify(self, encoded: str, password: str, *, is_known: bool = False) -> bool:
        """Whether ``password`` has the hash ``encoded``. For "" it takes as long and is False. Raises Unavailable."""
        if len(password) > LONGEST:
            return False
        return await self._run(self._queue(is_known=is_known), partial(self._verify, encoded, _to_bytes(password)))

    def require_room(self, *, is_known: bool = False) -> None:
        """Raises Unavailable if too many wait."""
        self._queue(is_known=is_known).require_room()

    def needs_rehash(self, encoded: str) -> bool:
        """Whether a hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(encoded)

    def _verify(self, encoded: str, password: bytes) -> bool:
        if not encoded and not self._nobody:
            self._nobody = self._hasher.hash(b"nobody's")
        try:
            self._hasher.verify(encoded or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(encoded)

    def _queue(self, *, is_known: bool) -> Queue:
        return self._known if is_known else self._unknown

    async def _run(self, queue: Queue, work: Callable[[], T]) -> T:
        return await queue.run(lambda: asyncio.get_running_loop().run_in_executor(self._threads, work))


def _give_way() -> None:
    """Let other threads go first, where the system has a priority for each."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def check_password(password: str) -> None:
    """Raises Invalid for a password that nobody should have."""
    if len(password) < SHORTEST:
        raise Invalid("password", f"Choose a password of at least {SHORTEST} characters. A few words are easy to remember.")
    if len(password) > LONGEST:
        raise Invalid("password", f"Choose a password of at most {LONGEST} characters.")
    if len(set(password)) < DIFFERENT:
        raise Invalid("password", "Choose a password with more different characters.")


def _to_bytes(password: str) -> bytes:
    """As NFKC, so that every keyboard types the same one."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
