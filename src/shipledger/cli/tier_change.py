"""The result of a tier change, for output."""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.tier_contract import TierPlace
from shipledger.ledger.state import Tier


class TierChange(Struct, frozen=True):
    """The environments with their new tiers, and the number of changed deployments; None for a dry run."""

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
