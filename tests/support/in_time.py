"""A bound for what must come: where the program is broken a test fails, and does not hang until pytest ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

SECONDS = 40.0
"""Nothing takes as long, on a busy machine either; pytest ends a test after three times as long."""


async def in_time(awaited: Awaitable[T], what: str = "it", *, seconds: float = SECONDS) -> T:
    """What ``awaited`` gives. Raises AssertionError where ``what`` does not come."""
    try:
        async with asyncio.timeout(seconds):
            return await awaited
    except TimeoutError:
        raise AssertionError(f"{what} did not come within {seconds:g} seconds") from None
