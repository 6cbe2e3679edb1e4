"""The services and the rules for tiers that the ledger knew at a moment."""

from __future__ import annotations

from datetime import datetime

from shipledger.catalog.past import FORMER_NAMES, TIER_RULES, PastServices, PastTiers, make_past_services
from shipledger.catalog.past import SERVICES as SERVICES_WORD
from shipledger.catalog.repositories.aggregate import REPOSITORIES
from shipledger.catalog.repositories.aggregate import find_former as find_former_repositories
from shipledger.catalog.repositories.fold import fold as fold_repository
from shipledger.catalog.repositories.model import NameRepository, Repository
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
            policy = tiering.policy
            entered = frozenset([TIER_RULES] if known.is_as_entered else [])
            return PastTiers(policy, Sources(by_first_entries=entered))
        if await self._parts.store.list_ids_as_of(TIERINGS.kind, organization_id, None, before_id="", limit=1):
            return PastTiers(TierPolicy(), Sources())  # none had been made
        today = await self._parts.store.find_tier_policy(organization_id)
        is_own = bool(today.pins or today.aliases) or today.rules != DEFAULT_RULES
        return PastTiers(today, Sources(by_todays=frozenset([TIER_RULES] if is_own else [])))

    async def read_services_as_of(self, organization_id: str, as_of: datetime) -> PastServices:
        """The services that were known."""
        known = await self._read_kind(SERVICES, organization_id, as_of)
        former = [
            fold(None, RecordEntry(SERVICES.kind, organization_id, one.service_id, 1, "", 0, as_of, as_of, one))
            for one in await find_former(self._parts.store, organization_id)
            if one.created_at is None or one.created_at <= as_of
        ]
        named = await self._read_kind(REPOSITORIES, organization_id, as_of)
        unnamed = await self._read_former_names(organization_id, as_of)
        by_todays = [word for word, found in ((SERVICES_WORD, former), (FORMER_NAMES, unnamed)) if found]
        return make_past_services(
            Past([*known.records, *former], known.is_as_entered),
            Past([*named.records, *unnamed], named.is_as_entered),
            Sources(by_todays=frozenset(by_todays)),
            self._parts.aliases,
        )

    async def _read_former_names(self, organization_id: str, as_of: datetime) -> list[Repository]:
        found: dict[str, Repository] = {}
        for said in await find_former_repositories(self._parts.store, organization_id):
            before = found.get(said.repository)
            subject_id = said.repository_id if isinstance(said, NameRepository) else ""
            entry = RecordEntry(REPOSITORIES.kind, organization_id, subject_id, 1, "", 0, as_of, as_of, said)
            found[said.repository] = fold_repository(before, entry)
        return [*found.values()]
