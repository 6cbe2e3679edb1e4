"""Work for one organization while others may hang; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class PartedStore(Protocol):
    """A store of which parts may be out of reach, or hang."""

    is_parted: bool
    """Whether statements of one organization may hang while those of others do not. Then no work should be for two at once."""

    def find_silent_organizations(self) -> frozenset[str]:
        """The organizations whose statements were given up, and none has been answered since."""

    async def count_free_receipts(self, *, limit: int) -> dict[str, int]:
        """How many of the oldest free receipts, up to ``limit``, each organization has."""

    async def release_lost_claims(self, organization_id: str, *, node_id: str, held: Sequence[str]) -> int:
        """Free the pending receipts of an organization that a node has claimed, but for those that it holds; how many."""
