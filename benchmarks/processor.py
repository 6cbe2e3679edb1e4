"""Processor time of a server and of the PostgreSQL behind it, which a busy machine blurs less than it does rates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.results import Result
from benchmarks.servers import processor_seconds
from tests.support.postgres import PostgresServer

MICROSECONDS = 1_000_000


class Meter:
    """Processor seconds of a server and of PostgreSQL during its readings; NaN where the system does not tell."""

    def __init__(self, pid: int, postgres_pid: int) -> None:
        self.server_seconds = 0.0
        self.postgres_seconds = 0.0
        self._pid = pid
        self._postgres_pid = postgres_pid

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Add what is used within this block."""
        server, postgres = processor_seconds(self._pid), _seconds_of_family(self._postgres_pid)
        yield
        self.server_seconds += processor_seconds(self._pid) - server
        self.postgres_seconds += _seconds_of_family(self._postgres_pid) - postgres


def compare_costs(letter: str, base: tuple[Meter, int], ledger: tuple[Meter, int]) -> Result:
    """What one create costs the floor and us. Each is given with the count of its creates."""
    return Result(
        letter=letter,
        what="processor time for one create, ours with its settlement: server, PostgreSQL",
        floor=_describe(*base),
        ours=_describe(*ledger),
        figure=f"{_total(*ledger) / _total(*base):.1f} times",
        target="",
        is_met=None,
    )


def find_pid(postgres: PostgresServer) -> int:
    """The first process of a running PostgreSQL, whose children the others are."""
    return int((postgres.data / "postmaster.pid").read_text().split()[0])


def _describe(meter: Meter, count: int) -> str:
    server, postgres = (MICROSECONDS * seconds / count for seconds in (meter.server_seconds, meter.postgres_seconds))
    return f"{server:.0f} us, {postgres:.0f} us"


def _total(meter: Meter, count: int) -> float:
    return (meter.server_seconds + meter.postgres_seconds) / count


def _seconds_of_family(pid: int) -> float:
    """Processor time of a process, its children, and those of them that have ended."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return float("nan")
    ticks = map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
    return sum(ticks) / os.sysconf("SC_CLK_TCK") + sum(processor_seconds(int(child)) for child in children.read_text().split())
