"""Settings of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipledger.catalog.organization_settings.in_force import InForce, Place
from shipledger.catalog.organization_settings.losing import Loss
from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
from shipledger.catalog.organization_settings.reading import NamedScope
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.verdict import Verdict
from shipledger.performing.performer import Performer


class SettingPerformer(Performer):
    """See ``verbs.settings.SettingVerbs``."""

    async def find_setting_scope(self, organization_id: str, kind: ScopeKind, name: str) -> NamedScope:
        """The scope that somebody names."""
        return await self._parts.settings_desk.find_scope(organization_id, kind, name)

    async def list_settings_in_force(self, organization_id: str, place: Place) -> Sequence[tuple[InForce, str]]:
        """Each setting as it counts at a place, and where that comes from in words."""
        desk = self._parts.settings_desk
        found = await desk.list_in_force(organization_id, place)
        return [(one, await desk.name_source(organization_id, one)) for one in found]

    async def change_settings(
        self, organization_id: str, changes: Sequence[tuple[SettingScope, Mapping[str, Any]]], *, by: Actor
    ) -> Sequence[Verdict]:
        """The verdicts on values by key for each of some scopes."""
        return await self._parts.settings_desk.change_all(organization_id, changes, by=by)

    async def list_setting_losses(self, organization_id: str, scope: SettingScope, values: Mapping[str, Any]) -> Sequence[Loss]:
        """What such a change would erase for good."""
        clock = self._parts.clock
        desk = self._parts.settings_desk
        return await desk.list_losses(organization_id, scope, values, now=clock.now(), even_since=clock.even_since)

    async def list_setting_changes(self, organization_id: str, scope: SettingScope) -> Sequence[RecordEntry]:
        """The entries about one scope, oldest first."""
        return await self._parts.settings_desk.list_changes(organization_id, scope)
