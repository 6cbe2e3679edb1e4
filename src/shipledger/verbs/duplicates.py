"""Records that seem to tell of one deployment: what a rule would merge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from shipledger.ledger.likeness import Pair

LOOKED_AT = 5_000
"""So many records are looked at for one answer."""


class FoundDuplicates(Struct, frozen=True):
    """The pairs of some days, of ``looked_at`` records. ``is_complete``: those are all of these days."""

    pairs: Sequence[Pair]
    looked_at: int
    is_complete: bool


class DuplicateVerbs(Protocol):
    """Records that seem to be one."""

    async def list_duplicates(self, organization_id: str, *, within: timedelta, days: int) -> FoundDuplicates:
        """The pairs that a rule would merge, of what was recorded in the last days. Nothing is changed."""
