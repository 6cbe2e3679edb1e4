"""A thing to be done again and again in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct


class Duty(Struct, frozen=True):
    """``run`` does a piece of work, or finds that there is none; ``pause_seconds`` after its end it is run again.

    ``name`` is unique: it names the lease. ``run`` may be cancelled at any await, and two nodes may run it at once for a
    moment, when one was so slow that it lost its lease: what it does must bear both. It raises Unavailable with its store.
    """

    name: str
    pause_seconds: float
    run: Callable[[], Awaitable[None]]


class DutyRun(Struct, frozen=True):
    """What this node knows of a duty. ``began_at``, ``took_seconds``, ``fault``: of the last run that is over, if there was one.

    ``is_running``: at this moment. ``fault``: why it failed, or "".
    """

    name: str
    pause_seconds: float
    is_held: bool = False
    is_running: bool = False
    began_at: datetime | None = None
    took_seconds: float = 0.0
    fault: str = ""
