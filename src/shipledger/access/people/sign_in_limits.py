"""Limits on signing in, asked before a password is hashed. They slow guesses down and lock nobody out for good."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from msgspec import Struct

FREE_FAILURES = 5
"""Failures in a row that cost no waiting: people mistype."""

FREE_OF_ADDRESS = 20
FREE_OF_ACCOUNT = 50
LONGEST_PAUSE_SECONDS = 15 * 60.0
LONGEST_SHARED_PAUSE_SECONDS = 60.0
"""Of what others share: an address behind which many sit, an account that somebody else guesses at."""

FORGOTTEN_AFTER_SECONDS = 60 * 60.0
REMEMBERED = 20_000


class Guess(Struct, frozen=True):
    """A try. ``device``: of a browser in which the account has signed in before, else ""."""

    account: str
    address: str
    device: str = ""


class _Rule(Struct, frozen=True):
    key: Hashable
    free: int
    longest_seconds: float


class _Failures:
    __slots__ = ("count", "last")

    def __init__(self, count: int, last: float) -> None:
        self.count = count
        self.last = last


class SignInLimits:
    """Counts failures by account and address together, by address, and by account.

    A browser in which the owner has signed in before is counted by itself: whoever guesses, even from the same address, cannot
    keep the owner out.
    """

    def __init__(self, monotonic: Callable[[], float], *, remembered: int = REMEMBERED) -> None:
        self._monotonic = monotonic
        self._remembered = remembered
        self._failures: OrderedDict[Hashable, _Failures] = OrderedDict()

    def pause_seconds(self, guess: Guess) -> float:
        """How long to wait before the next try; 0: none."""
        now = self._monotonic()
        return max(self._pause(rule, now) for rule in _rules_of(guess))

    def note_failure(self, guess: Guess) -> None:
        """Somebody was wrong."""
        now = self._monotonic()
        for rule in _rules_of(guess):
            held = self._failures.pop(rule.key, None)
            count = 1 if held is None or now - held.last > FORGOTTEN_AFTER_SECONDS else held.count + 1
            self._failures[rule.key] = _Failures(count, now)
        while len(self._failures) > self._remembered:
            self._failures.popitem(last=False)

    def note_success(self, guess: Guess) -> None:
        """The try that was noted as a failure was right: earlier ones of the same place are forgotten."""
        self.take_back(guess)
        self._failures.pop(_rules_of(guess)[0].key, None)

    def take_back(self, guess: Guess) -> None:
        """The try that was noted as a failure was none."""
        for rule in _rules_of(guess):
            held = self._failures.get(rule.key)
            if held is not None:
                held.count -= 1

    def _pause(self, rule: _Rule, now: float) -> float:
        held = self._failures.get(rule.key)
        if held is None or held.count < rule.free or now - held.last > FORGOTTEN_AFTER_SECONDS:
            return 0.0
        whole = min(rule.longest_seconds, 2.0 ** min(held.count - rule.free, 30))
        return max(0.0, held.last + whole - now)


def _rules_of(guess: Guess) -> tuple[_Rule, ...]:
    """What a try counts for, the most particular first."""
    if guess.device:
        return (_Rule(("device", guess.device), FREE_FAILURES, LONGEST_PAUSE_SECONDS),)
    return (
        _Rule(("place", guess.account, guess.address), FREE_FAILURES, LONGEST_PAUSE_SECONDS),
        _Rule(("address", guess.address), FREE_OF_ADDRESS, LONGEST_SHARED_PAUSE_SECONDS),
        _Rule(("account", guess.account), FREE_OF_ACCOUNT, LONGEST_SHARED_PAUSE_SECONDS),
    )
