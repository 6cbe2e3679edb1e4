"""What a change of tiers did, as commands tell it."""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.tier_contract import TierPlace
from shipledger.ledger.state import Tier


class TierChange(Struct, frozen=True):
    """The places with their new tiers, and how many deployments were changed; None when it was only asked."""

    changes: tuple[tuple[TierPlace, Tier], ...]
    deployments: int | None

    def to_json(self) -> dict[str, object]:
        """As one JSON object."""
        return {
            "changes": [
                {"id": place.environment_id, "name": place.name, "was": place.tier, "is": tier} for place, tier in self.changes
            ],
            "deployments": self.deployments or 0,
            "is_dry_run": self.deployments is None,
        }
