"""What the operations on settings answer."""

from __future__ import annotations

from msgspec import Struct

from shipledger.protocols.native.history import ChangeOut


class SettingOut(Struct, frozen=True, kw_only=True):
    """A setting in force. ``value`` is null if nobody has set it. ``changed_at`` and ``changed_by``: when and by whom it was set.

    ``source``: whose value it is, such as `service Checkout`, `organization`, `installation` or `default`.
    """

    key: str
    value: float | str | tuple[str, ...] | None
    source: str
    changed_at: str | None
    changed_by: str | None
    type: str
    accepts: str
    scopes: tuple[str, ...]
    description: str
    affects: str


class SettingsOut(Struct, frozen=True):
    """All settings as they count for ``scope``."""

    scope: str
    settings: tuple[SettingOut, ...]


class ScopesOut(Struct, frozen=True):
    """The answer to a list of changes: each in its place."""

    scopes: tuple[SettingsOut, ...]


class SettingHistoryOut(Struct, frozen=True):
    """All changes for ``scope`` alone, oldest first."""

    scope: str
    history: tuple[ChangeOut, ...]
