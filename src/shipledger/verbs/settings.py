"""Settings of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shipledger.catalog.organization_settings.in_force import InForce, Place
from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
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

    async def list_setting_changes(self, organization_id: str, scope: SettingScope) -> Sequence[RecordEntry]:
        """The entries about one scope, oldest first."""
