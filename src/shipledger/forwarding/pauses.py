"""How long to wait before a message is sent again, and when to stop."""

from __future__ import annotations

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
SHORTENED_BY = 0.25
"""The largest part by which chance shortens a pause, so that messages that failed together do not return together."""

GIVEN_UP_AFTER = timedelta(days=3)
MOST_TRIES = 150

_DOUBLINGS = 20


def pause_after(tries: int, *, chance: float, asked: timedelta | None = None) -> timedelta:
    """The pause after so many failed tries: doubled each time, from 10 seconds to an hour.

    ``chance``, from 0 to 1, shortens it by up to a quarter. ``asked``: what the target asked for, which lengthens it up to
    the longest pause.
    """
    nominal: timedelta = min(FIRST_PAUSE * 2 ** min(max(tries, 1) - 1, _DOUBLINGS), LONGEST_PAUSE)
    return max((1 - SHORTENED_BY * chance) * nominal, min(asked or timedelta(), LONGEST_PAUSE))


def is_over(tries: int, *, age: timedelta | None) -> bool:
    """Whether a message that failed so many times is given up. ``age``: since its first try; None if clocks do not tell."""
    return tries >= MOST_TRIES or (age is not None and age >= GIVEN_UP_AFTER)
