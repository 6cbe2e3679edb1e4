"""What runs where."""

from __future__ import annotations

from typing import Protocol

from shipledger.ledger.lanes import Lane


class LaneStore(Protocol):
    """The lanes of services."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service, by the name of the environment: of its repositories, and of what senders call it."""
