"""Settings of organizations, besides what the ledger does with every aggregate."""

from __future__ import annotations

from shipledger.catalog.association_rules import rules_of
from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.organization_settings.aggregate import ORGANIZATION_SETTINGS
from shipledger.catalog.organization_settings.model import KIND, WHOLE_ORGANIZATION, ScopeSettings
from shipledger.found import Found
from shipledger.store.codecs import codec_of
from shipledger.store.records.verbs import SqlRecords
from shipledger.store.row_reading import read_each

_CODEC = codec_of(ORGANIZATION_SETTINGS)


class SqlSettings(SqlRecords):
    """See SettingStore."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        found = await self._fetch("list_settings", organization_id=organization_id)
        return read_each(lambda row: _CODEC.decode(row[2], row[:2]), found)

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        return rules_of(organization_id, await self.find_record(KIND, organization_id, WHOLE_ORGANIZATION.key))
