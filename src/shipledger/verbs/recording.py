"""The one way in, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from shipledger.access.grant import Grant
from shipledger.aggregates import Recording
from shipledger.errors import Unstorable
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.verdict import Reason

Answer = TypeVar("Answer")


class RecordingVerbs(Protocol):
    """The one way in, and what became of what was sent."""

    def new_receipt(self, grant: Grant, protocol: str, operation: str, parameters: dict[str, str], body: str) -> Receipt:
        """A receipt with its id and time of acceptance; nothing is stored yet.

        Receipts are ordered by that time, so create it last and await nothing before ``record``.
        """

    async def record(
        self,
        receipt: Receipt,
        submissions: Sequence[Recording],
        accepted: Answer,
        *,
        settled: Callable[[Settlement], Awaitable[Answer]] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        """Record a receipt. Returns ``accepted`` once it is stored; with ``wait_seconds``, once it is settled or the time is up.

        If given, ``settled`` makes the answer from the verdicts if they are all available in time. Raises
        Unavailable if nothing was recorded. Once the receipt is stored, only Unstorable is raised,
        by ``settled``: render ``accepted`` before, and do nothing afterwards that may fail.
        """

    async def find_settlement(self, organization_id: str, receipt_id: str, wait_seconds: float = 0.0) -> Settlement | None:
        """The settlement of a receipt, waiting at most ``wait_seconds`` for its verdicts; None if there is no such receipt."""

    async def find_kinds(self, organization_id: str, ids: Sequence[str]) -> dict[str, str]:
        """The kind of record that each id is of, as verdicts name them; ids of nothing are left out."""

    async def is_record_pending(self, organization_id: str, record_id: str) -> bool:
        """Whether the request that records something under this id may be accepted and not settled yet."""


def check_stored(settlement: Settlement) -> None:
    """Raise Unstorable if the receipt's request could not be stored and its sender is still waiting."""
    for verdict in settlement.verdicts:
        if verdict.reason is Reason.COULD_NOT_BE_STORED:
            raise Unstorable(verdict.reason, verdict.sentence)
