"""Change settings: the rules shared by all interfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import UNSET

from shipledger.catalog.organization_settings.declared import accept_all, find_fault, find_foreign
from shipledger.catalog.organization_settings.in_force import Installation
from shipledger.catalog.organization_settings.losing import Loss, LossReader, list_losses
from shipledger.catalog.organization_settings.model import ChangeSettings, SettingScope, Value
from shipledger.catalog.organization_settings.reading import SettingReader, SettingsReader
from shipledger.errors import Conflict, Invalid
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


class SettingDeskStore(SettingReader, LossReader, Protocol):
    """What of a store is asked."""


class SettingsDesk(SettingsReader):
    """The settings of organizations, by the rules."""

    def __init__(self, store: SettingDeskStore, asks: Asks, installation: Installation) -> None:
        super().__init__(store, installation)
        self._losses = store
        self._asks = asks

    async def change(
        self,
        organization_id: str,
        scope: SettingScope,
        values: Mapping[str, Any],
        *,
        by: Actor,
        command: str = "",
        expects: Mapping[str, Value | None] | None = None,
    ) -> bool:
        """Set ``values`` by their keys, None to inherit again; whether anything changed. All of them or none.

        ``command``: which one asks, for settings that only some commands change. ``expects``: what whoever asks has seen set in
        this scope. Raises Invalid, with the keys as its fields, and Conflict for what contradicts that which stands, or if others
        have changed what is expected.
        """
        check(scope, values, command)
        asked = ChangeSettings(scope, accept_all(values), UNSET if expects is None else dict(expects))
        (verdict,) = await self._asks.ask(organization_id, [asked], operation="change settings", actor=by)
        if verdict.reason is Reason.CHANGED_MEANWHILE:
            raise Conflict("settings_changed", verdict.sentence)
        if verdict.kind is VerdictKind.REJECTED:
            raise Conflict("settings", verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED

    async def list_losses(
        self,
        organization_id: str,
        scope: SettingScope,
        values: Mapping[str, Any],
        *,
        now: datetime,
        even_since: datetime | None = None,
    ) -> list[Loss]:
        """What ``values`` would erase for good. Raises Invalid as ``change`` does."""
        check(scope, values)
        return await list_losses(self._losses, organization_id, values, self._installation, now=now, even_since=even_since)

    async def change_all(
        self, organization_id: str, changes: Sequence[tuple[SettingScope, Mapping[str, Any]]], *, by: Actor
    ) -> tuple[Verdict, ...]:
        """The verdicts on changes of several scopes, which are one receipt. Raises Invalid if one of them cannot be."""
        for scope, values in changes:
            check(scope, values)
        asked = [ChangeSettings(scope, accept_all(values)) for scope, values in changes]
        return await self._asks.ask(organization_id, asked, operation="change settings", actor=by)


def check(scope: SettingScope, values: Mapping[str, Any], command: str = "") -> None:
    """Raises Invalid if one of the values cannot be set there; its fields say so of each."""
    each = ({key: value} for key, value in values.items())
    found = [fault for one in each if (fault := find_foreign(one, command) or find_fault(scope, one)) is not None]
    if found:
        raise Invalid("settings", " ".join(one.sentence for one in found), fields={one.key: one.wish for one in found})
