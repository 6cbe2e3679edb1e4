"""Change the rules for tiers and the tiers set by hand, and see before what that moves: for pages and interfaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from shipledger.catalog.retiering import TierMove, apply_in_time, preview, save_policy
from shipledger.catalog.tier_contract import TierStore
from shipledger.catalog.tiering.aggregate import CHANGED_MEANWHILE
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Conflict
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks

TierChange: TypeAlias = Callable[[TierPolicy], TierPolicy]
"""One of the functions of ``retiering``, with what is to be changed. Raises Invalid and NotFound."""


class RulePreview(Struct, frozen=True):
    """The deployments that a change would move. ``before``: the policy that stands now."""

    before: TierPolicy
    moves: tuple[TierMove, ...]

    @property
    def deployments(self) -> int:
        """Those that get another tier."""
        return sum(one.deployments for one in self.moves)


class TierRules:
    """The rules for tiers of organizations."""

    def __init__(self, store: TierStore, asks: Asks) -> None:
        self._store = store
        self._asks = asks

    async def preview(self, organization_id: str, change: TierChange) -> RulePreview:
        """What a change would move. Raises what ``change`` raises."""
        before = await self._store.find_tier_policy(organization_id)
        after = change(before)
        moves = await preview(self._store, organization_id, after)
        return RulePreview(before, tuple(one for one in moves if not one.is_kept))

    async def change_and_apply(
        self, organization_id: str, change: TierChange, *, by: Actor, expects: int | None = None
    ) -> tuple[TierPolicy, bool]:
        """The policy that stands after a change, and whether all recorded deployments follow it; a duty does the rest.

        ``expects``: the revision that whoever asks has seen. Raises what ``change`` raises, and Conflict if others were faster.
        """
        before = await self._store.find_tier_policy(organization_id)
        if expects is not None and expects != before.revision:
            raise Conflict("tiers_changed", CHANGED_MEANWHILE)
        after = change(before)
        if after != before:
            await save_policy(self._asks, organization_id, before, after, by=by)
        is_done = await apply_in_time(self._store, organization_id)
        return await self._store.find_tier_policy(organization_id), is_done
