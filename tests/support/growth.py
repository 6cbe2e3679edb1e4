"""How the time that something takes grows with what it is given."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMES_LONGER = 8
TOLERANCE = 3.0
"""What grows with the square takes ``TIMES_LONGER`` times as much again, so half of that is a fault."""
NOISE_SECONDS = 0.001
ATTEMPTS = 5


def measure_growth(make: Callable[[int], T], use: Callable[[T], object], size: int) -> float:
    """How much more processor time ``use`` takes of an input that is ``TIMES_LONGER``, for each time that it is longer.

    About 1 where the time grows as the input does, ``TIMES_LONGER`` where it grows with the square. The time is that of this
    thread alone, and the least of several counts, so that others on the machine do not matter.
    """
    small, large = make(size), make(size * TIMES_LONGER)
    growth = float("inf")
    for _ in range(ATTEMPTS):
        growth = min(growth, _seconds(use, large) / max(_seconds(use, small), NOISE_SECONDS) / TIMES_LONGER)
        if growth < TOLERANCE / 2:
            break
    return growth


def _seconds(use: Callable[[T], object], given: T) -> float:
    gc.collect(0)
    began = time.thread_time()
    use(given)
    return time.thread_time() - began
