"""The server process that answers: since when, how fast, and what it does in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from shipledger.duty import DutyRun
from shipledger.observability.pace import Pace


class Process:
    """A node, as it knows itself."""

    def __init__(self, node_id: str, started_at: datetime, pace: Pace) -> None:
        self.node_id = node_id
        self.started_at = started_at
        self.pace = pace
        self._list_runs: Callable[[], Sequence[DutyRun]] = list

    def watch_duties(self, list_runs: Callable[[], Sequence[DutyRun]]) -> None:
        """Ask ``list_runs`` for the duties; they are put together after what answers for them."""
        self._list_runs = list_runs

    def list_runs(self) -> Sequence[DutyRun]:
        """Every duty, and how its last run on this node went."""
        return self._list_runs()
