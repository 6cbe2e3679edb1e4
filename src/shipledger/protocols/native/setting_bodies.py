"""The bodies of changes of settings. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shipledger.catalog.organization_settings.declared import find_fault, find_foreign
from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
from shipledger.protocols.native.bodies import read_all
from shipledger.protocols.native.reading import SHOWN_OF_A_NAME, Reader

NAMED_SCOPES = (ScopeKind.TEAM, ScopeKind.SERVICE, ScopeKind.PIPELINE)
SCOPE_NAME_LIMIT = 255
SHOULD_BE_ALONE = f"should stand alone; give at most one of {', '.join(NAMED_SCOPES)}"


class SettingsIn(Struct, frozen=True):
    """Values by key for the scope of a ``kind`` that is called ``name``. None: inherit again."""

    kind: ScopeKind
    name: str
    values: dict[str, Any]


def read_changes(text: str) -> tuple[tuple[SettingsIn, ...], bool]:
    """The changes in a body, and whether it is a list. Raises Invalid with a text for every wrong member."""
    return read_all(text, _read_change)


def _read_change(body: Reader) -> SettingsIn:
    body.refuse_others(("settings", *NAMED_SCOPES))
    named = [(kind, body.text(kind, limit=SCOPE_NAME_LIMIT)) for kind in NAMED_SCOPES]
    given = [(kind, name) for kind, name in named if name is not None]
    for kind, _ in given[1:]:
        body.fault(kind, SHOULD_BE_ALONE)
    kind, name = given[0] if given else (ScopeKind.ORGANIZATION, "")
    values = body.members("settings")
    for key, value in values.items():
        fault = find_foreign({key: value}) or find_fault(SettingScope(kind, name), {key: value})
        if fault is not None:
            body.fault(f"settings.{key[:SHOWN_OF_A_NAME]}", fault.wish)
    return SettingsIn(kind, name, values)
