"""A thing to be done again and again in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct


class Duty(Struct, frozen=True):
    """``run`` does a piece of work, or finds that there is none; ``pause_seconds`` after its end it is run again.

    ``name`` is unique: it names the lease. ``run`` may be cancelled at any await, and two nodes may run it at once for a
    moment, when one was so slow that it lost its lease: what it does must bear both. It raises Unavailable with its store.
    """

    name: str
    pause_seconds: float
    run: Callable[[], Awaitable[None]]
