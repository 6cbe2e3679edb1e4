"""Settings of organizations in the store; part of ``store.contract.Store``."""

from __future__ import annotations

from typing import Protocol

from shipledger.catalog.organization_settings.model import ScopeSettings
from shipledger.found import Found


class SettingStore(Protocol):
    """Settings of organizations, besides what the store does with every aggregate."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set in an organization, for each scope that has settings of its own."""
