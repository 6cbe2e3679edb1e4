"""The rules for tiers of an organization."""

from __future__ import annotations

from typing import Protocol

from shipledger.catalog.tier_rules import RulePreview, TierChange
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.actor import Actor


class TierRuleVerbs(Protocol):
    """The rules for tiers and the tiers set by hand, to be changed."""

    async def preview(self, organization_id: str, change: TierChange) -> RulePreview:
        """What a change would move. Raises Invalid and NotFound."""

    async def change_and_apply(
        self, organization_id: str, change: TierChange, *, by: Actor, expects: int | None = None
    ) -> tuple[TierPolicy, bool]:
        """The policy that stands after a change, and whether all recorded deployments follow it.

        Raises Invalid, NotFound, and Conflict if the revision is not the one that it ``expects``.
        """
