"""The services and the rules for tiers that the ledger knew at a moment."""

from __future__ import annotations

from datetime import datetime

from shipledger.catalog.past import SERVICES as SERVICES_WORD
from shipledger.catalog.past import TIER_RULES, PastServices, PastTiers, make_past_services
from shipledger.catalog.repositories.aggregate import REPOSITORIES
from shipledger.catalog.services.aggregate import SERVICES, find_former
from shipledger.catalog.services.fold import fold
from shipledger.catalog.tiering.aggregate import TIERINGS
from shipledger.catalog.tiering.model import SUBJECT
from shipledger.catalog.tiers import DEFAULT_RULES, TierPolicy
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.past import Past, Sources
from shipledger.performing.past_records import PastRecords


class PastCatalogPerformer(PastRecords):
    """See ``verbs.past.PastVerbs``. Rows of a version before entries, which nobody has entered yet, are those of today."""

    async def find_tiers_as_of(self, organization_id: str, as_of: datetime) -> PastTiers:
        """The rules that were known."""
        known = await self._find(TIERINGS, organization_id, SUBJECT, as_of)
        if known.records:
            tiering = known.records[0]
            policy = TierPolicy(rules=tiering.rules, pins=tiering.pins, revision=tiering.version)
            entered = frozenset([TIER_RULES] if known.is_as_entered else [])
            return PastTiers(policy, Sources(by_first_entries=entered))
        if await self._parts.store.list_ids_as_of(TIERINGS.kind, organization_id, None, before_id="", limit=1):
            return PastTiers(TierPolicy(), Sources())  # none had been made
        today = await self._parts.store.find_tier_policy(organization_id)
        is_own = bool(today.pins) or today.rules != DEFAULT_RULES
        return PastTiers(today, Sources(by_todays=frozenset([TIER_RULES] if is_own else [])))

    async def read_services_as_of(self, organization_id: str, as_of: datetime) -> PastServices:
        """The services that were known."""
        known = await self._read_kind(SERVICES, organization_id, as_of)
        former = [
            fold(None, RecordEntry(SERVICES.kind, organization_id, one.service_id, 1, "", 0, as_of, as_of, one))
            for one in await find_former(self._parts.store, organization_id)
            if one.created_at is None or one.created_at <= as_of
        ]
        return make_past_services(
            Past([*known.records, *former], known.is_as_entered),
            await self._read_kind(REPOSITORIES, organization_id, as_of),
            Sources(by_todays=frozenset([SERVICES_WORD] if former else [])),
            self._parts.aliases,
        )
