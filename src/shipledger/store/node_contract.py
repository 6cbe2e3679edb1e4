"""How the nodes on one database know of each other; part of ``store.contract.Store``.

Times are told by the database, since the clocks of nodes differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class NodeStore(Protocol):
    """Which nodes live, what the dead ones left, and who does what only one should do."""

    async def register_node(self, node_id: str) -> None:
        """Enter a node among the living. A store that serves one node at a time forgets every other one.

        Raises Conflict while a rebuild is under way or was interrupted: what was recorded is not all shown then.
        """

    async def beat(self, node_id: str, *, duties: Sequence[str], lease_seconds: float) -> frozenset[str]:
        """Show that a node lives, and take or keep the lease of each duty that is free; the duties that it holds now."""

    async def forget_node(self, node_id: str) -> None:
        """A node stops: free its leases and the receipts that it had claimed."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """Free the pending receipts of nodes that have been silent for so long, or are unknown; how many.

        A node that was only slow may still settle what it held: settlement is guarded, so that happens once.
        """

    async def begin_rebuild(self, *, silent_seconds: float) -> None:
        """Say durably that projections are not whole, until ``end_rebuild``. Raises Conflict when a node lives.

        A node that has not been silent for so long lives.
        """

    async def end_rebuild(self) -> None:
        """Projections are whole again."""

    async def is_rebuilding(self) -> bool:
        """Whether a rebuild is under way or was interrupted."""
