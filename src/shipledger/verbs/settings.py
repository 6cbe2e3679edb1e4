"""Settings of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shipledger.catalog.organization_settings.in_force import InForce, Place, Step
from shipledger.catalog.organization_settings.losing import Loss
from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope, Value
from shipledger.catalog.organization_settings.reading import NamedScope
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.verdict import Verdict


class SettingVerbs(Protocol):
    """Settings of an organization, its teams, services and pipelines."""

    async def find_setting_scope(self, organization_id: str, kind: ScopeKind, name: str) -> NamedScope:
        """The scope that somebody names. Raises NotFound, and Invalid for what can be no name."""

    async def list_settings_in_force(self, organization_id: str, place: Place) -> Sequence[tuple[InForce, str]]:
        """Each setting as it counts at a place, and where that comes from in words."""

    async def change_settings(
        self, organization_id: str, changes: Sequence[tuple[SettingScope, Mapping[str, Any]]], *, by: Actor
    ) -> Sequence[Verdict]:
        """The verdicts on values by key, None to inherit again, for each of some scopes. Raises Invalid."""

    async def list_setting_losses(self, organization_id: str, scope: SettingScope, values: Mapping[str, Any]) -> Sequence[Loss]:
        """What such a change would erase for good. Raises Invalid."""

    async def list_setting_changes(self, organization_id: str, scope: SettingScope) -> Sequence[RecordEntry]:
        """The entries about one scope, oldest first."""


class SettingPages(Protocol):
    """Settings as pages show and change them."""

    async def find_scope(self, organization_id: str, kind: ScopeKind, name: str) -> NamedScope:
        """The scope that somebody names. Raises NotFound, and Invalid for what can be no name."""

    async def list_in_force(self, organization_id: str, place: Place, *, key: str = "") -> Sequence[InForce]:
        """Each setting, or that with a key, as it counts at a place."""

    async def trace(self, organization_id: str, place: Place, key: str) -> Sequence[Step]:
        """What everybody says about a setting whose value could count at a place, who counts most first."""

    async def name_source(self, organization_id: str, one: InForce | Step) -> str:
        """Where a value comes from, as people call it."""

    async def list_losses(
        self,
        organization_id: str,
        scope: SettingScope,
        values: Mapping[str, Any],
        *,
        now: datetime,
        even_since: datetime | None = None,
    ) -> Sequence[Loss]:
        """What values would erase for good. Raises Invalid."""

    async def change(
        self,
        organization_id: str,
        scope: SettingScope,
        values: Mapping[str, Any],
        *,
        by: Actor,
        expects: Mapping[str, Value | None] | None = None,
    ) -> bool:
        """Set values by their keys, None to inherit again; whether anything changed.

        Raises Invalid, and Conflict for what contradicts that which stands, or if others have changed what is expected.
        """
