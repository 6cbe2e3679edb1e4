"""Passwords: hashed with Argon2id, a few at a time, so that a flood of them costs bounded memory and time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import unicodedata
from collections.abc import Callable
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
WAITING_LIMIT = 30
"""How many wait for their turn. A hash takes some 30 ms on one core, so the last one waits half a second."""

NICENESS = 10
"""Of the threads that hash: a flood of sign-ins takes what processor time others leave. Hashing does not hold the interpreter."""

SHORTEST = 12
LONGEST = 1_024
DIFFERENT = 5
"""NIST SP 800-63B: length is what counts, and no rule about kinds of characters helps."""


class Passwords:
    """Hashes and checks passwords in threads, at most AT_ONCE of them."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords", initializer=_give_way)
        self._waiting = 0
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The encoded hash of a new password. Raises Invalid if it is too short or too long, Unavailable if too many wait."""
        check_password(password)
        return await self._run(partial(self._hasher.hash, _to_bytes(password)))

    async def hash_again(self, password: str) -> str:
        """The encoded hash of a password that is in use, whatever its length. Raises Unavailable if too many wait."""
        return await self._run(partial(self._hasher.hash, _to_bytes(password)))

    async def verify(self, encoded: str, password: str) -> bool:
        """Whether ``password`` has the hash ``encoded``. For "" it takes as long and is False. Raises Unavailable."""
        if len(password) > LONGEST:
            return False
        return await self._run(partial(self._verify, encoded, _to_bytes(password)))

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

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_LIMIT:
            raise Unavailable("sign_in_busy", "Too many people are signing in at this moment. Try again in a few seconds.")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


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
