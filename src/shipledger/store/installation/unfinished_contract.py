"""Operations of several steps that are under way or were interrupted; part of ``store.contract.Store``.

What such an operation needs is written down durably before its first step, and taken away after its last one. So whoever
opens the ledger after a kill is told what to run, and does not serve what is half there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.clock import EPOCH
from shipledger.errors import Conflict

MOVE = "move"
REBUILD = "rebuild"
RESTORE = "restore"
ERASE = "erase"
"""With what is erased behind it. What is left of it is as it was, so the ledger can be used."""
IMPORT = "import"
"""Of issues, with the organization behind it. What is there of them can be used."""
COPY = "copy"
"""No operation of ours: a SQLite file that somebody has copied while a server wrote to it."""
COPY_REMEDY = (
    "This file was copied without its -wal file while a server had it open, so recent data may be missing. Copy both "
    "files, or stop the server first, or use `shipledger backup`."
)
REBUILD_REMEDY = "A rebuild of this database was interrupted, so deployments are missing; run `shipledger rebuild` again."
EVERY = frozenset({MOVE, REBUILD, RESTORE})
"""All operations during which a ledger must not be used."""


class Unfinished(Struct, frozen=True):
    """An operation, and a sentence that says what to run. ``is_barred``: the ledger must not be used until that was done."""

    name: str
    remedy: str
    is_barred: bool
    began_at: datetime = EPOCH


class UnfinishedStore(Protocol):
    """What is written down of operations."""

    async def note_unfinished(self, operation: Unfinished, *, silent_seconds: float | None = None) -> None:
        """An operation begins, or goes on.

        Raises Conflict, with ``silent_seconds``, while a node lives that has not been silent for so long.
        """

    async def forget_unfinished(self, name: str) -> None:
        """An operation is finished."""

    async def list_unfinished(self) -> list[Unfinished]:
        """The operations that are under way or were interrupted, oldest first."""


def refuse_unfinished(operations: Sequence[Unfinished], *, finishing: Collection[str] = ()) -> None:
    """Raises Conflict when the ledger must not be used, by whoever finishes none of these operations."""
    for one in operations:
        if one.is_barred and one.name not in finishing:
            raise Conflict(f"{one.name}_interrupted", one.remedy)
