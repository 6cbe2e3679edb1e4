"""Rules for tiers, changed through the front door."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.catalog.retiering import save_policy
from shipledger.catalog.tiers import DEFAULT_POLICY, TierPolicy
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.store.contract import Store
from tests.support.services import TESTER


async def save_tier_policy(store: Store, organization_id: str, policy: TierPolicy) -> None:
    """Let ``policy`` stand, made of the one with its revision. Raises Conflict if that is not the one that stands."""
    found = await store.find_tier_policy(organization_id)
    before = found if found.revision == policy.revision else replace(DEFAULT_POLICY, revision=policy.revision)
    await save_policy(AskingStore(store, Clock()), organization_id, before, policy, by=TESTER)
