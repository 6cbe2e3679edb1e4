"""Work for one organization while others may hang; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class PartedStore(Protocol):
    """A store whose parts may be unreachable or hang."""

    is_parted: bool
    """Whether statements may hang for one organization only. If so, no work should combine organizations."""

    def find_silent_organizations(self) -> frozenset[str]:
        """The organizations whose statements timed out without a success since."""

    async def count_free_receipts(self, *, limit: int) -> dict[str, int]:
        """How many of the oldest ``limit`` unclaimed receipts each organization has."""

    async def release_lost_claims(self, organization_id: str, *, node_id: str, held: Sequence[str]) -> int:
        """Release a node's claims in an organization, except those that it still holds. Returns how many."""
