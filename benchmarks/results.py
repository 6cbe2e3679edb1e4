"""What a measurement gives, and how figures become one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct

from benchmarks.load import Outcome


class Scale(Struct, frozen=True):
    """How long and how much is measured."""

    rounds: int
    seconds: float
    steady_seconds: float
    deployments: int
    few_deployments: int
    starts: int


class Result(Struct, frozen=True):
    """One line of the table. ``is_met`` is None where there is no target."""

    letter: str
    what: str
    floor: str
    ours: str
    figure: str
    target: str
    is_met: bool | None


class NotMeasured(Exception):
    """What a measurement needs is not on this machine; the text says what."""


def compare(letter: str, what: str, floors: Sequence[Outcome], outcomes: Sequence[Outcome], target: float) -> Result:
    ratio = statistics.median(ours.per_second / floor.per_second for floor, ours in zip(floors, outcomes, strict=True))
    return Result(
        letter=letter,
        what=what,
        floor=describe(floors),
        ours=describe(outcomes),
        figure=f"{ratio:.2f}",
        target=f"≥ {target}",
        is_met=ratio >= target,
    )


def compare_sizes(letter: str, what: str, rounds: Sequence[tuple[Outcome, Outcome]], most: float) -> Result:
    """The same requests to a small ledger and to a large one, in pairs."""
    slowdown = statistics.median(few.per_second / many.per_second for few, many in rounds)
    return Result(
        letter=letter,
        what=what,
        floor=describe([few for few, _ in rounds]),
        ours=describe([many for _, many in rounds]),
        figure=f"{slowdown:.2f} times",
        target=f"≤ {most:g} times",
        is_met=slowdown <= most,
    )


def describe(outcomes: Sequence[Outcome]) -> str:
    rate, p50, p99 = (
        statistics.median(getattr(outcome, name) for outcome in outcomes)
        for name in ("per_second", "p50_milliseconds", "p99_milliseconds")
    )
    return f"{rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.0f} ms"


def expect(outcome: Outcome, statuses: set[str]) -> None:
    assert set(outcome.statuses) <= statuses, f"answers other than {statuses}: {outcome.statuses}"
