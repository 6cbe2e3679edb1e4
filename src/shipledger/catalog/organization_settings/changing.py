"""Change settings: the rules shared by all interfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipledger.catalog.organization_settings.declared import accept_all, find_fault, find_foreign
from shipledger.catalog.organization_settings.in_force import Installation
from shipledger.catalog.organization_settings.model import ChangeSettings, SettingScope
from shipledger.catalog.organization_settings.reading import SettingReader, SettingsReader
from shipledger.errors import Conflict, Invalid
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import Verdict, VerdictKind


class SettingsDesk(SettingsReader):
    """The settings of organizations, by the rules."""

    def __init__(self, store: SettingReader, asks: Asks, installation: Installation) -> None:
        super().__init__(store, installation)
        self._asks = asks

    async def change(
        self, organization_id: str, scope: SettingScope, values: Mapping[str, Any], *, by: Actor, command: str = ""
    ) -> bool:
        """Set ``values`` by their keys, None to inherit again; whether anything changed. All of them or none.

        ``command``: which one asks, for settings that only some commands change. Raises Invalid, with the keys as its fields, and
        Conflict for what contradicts that which stands.
        """
        (verdict,) = await self.change_all(organization_id, [(scope, values)], by=by, command=command)
        if verdict.kind is VerdictKind.REJECTED:
            raise Conflict("settings", verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED

    async def change_all(
        self,
        organization_id: str,
        changes: Sequence[tuple[SettingScope, Mapping[str, Any]]],
        *,
        by: Actor,
        command: str = "",
    ) -> tuple[Verdict, ...]:
        """The verdicts on changes of several scopes, which are one receipt. Raises Invalid if one of them cannot be."""
        for scope, values in changes:
            check(scope, values, command)
        asked = [ChangeSettings(scope, accept_all(values)) for scope, values in changes]
        return await self._asks.ask(organization_id, asked, operation="change settings", actor=by)


def check(scope: SettingScope, values: Mapping[str, Any], command: str = "") -> None:
    """Raises Invalid if one of the values cannot be set there; its fields say so of each."""
    each = ({key: value} for key, value in values.items())
    found = [fault for one in each if (fault := find_foreign(one, command) or find_fault(scope, one)) is not None]
    if found:
        raise Invalid("settings", " ".join(one.sentence for one in found), fields={one.key: one.wish for one in found})
