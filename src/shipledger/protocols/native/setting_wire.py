"""What the operations on settings answer."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from shipledger.protocols.native.history import ChangeOut


class SettingOut(Struct, frozen=True, kw_only=True):
    """A setting in force. ``value`` is null if nobody has set it. ``changed_at`` and ``changed_by``: when and by whom it was set.

    ``source``: whose value it is, such as `service Checkout`, `organization`, `installation` or `default`. ``right``: that of
    whoever changes it.
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
    right: str


class LossOut(Struct, frozen=True):
    """What a change would erase for good. ``count``: how many there are by now, up to 10,001. ``until``: what is older goes.

    ``begins_at``: when that begins; null: within ten minutes.
    """

    key: str
    count: int
    until: str
    begins_at: str | None
    sentence: str


class SettingsOut(Struct, frozen=True):
    """All settings as they count for ``scope``. ``erases``: with ``dry_run``, what would have been erased; nothing was set."""

    scope: str
    settings: tuple[SettingOut, ...]
    erases: tuple[LossOut, ...] | UnsetType = UNSET


class ScopesOut(Struct, frozen=True):
    """The answer to a list of changes: each in its place."""

    scopes: tuple[SettingsOut, ...]


class SettingHistoryOut(Struct, frozen=True):
    """All changes for ``scope`` alone, oldest first."""

    scope: str
    history: tuple[ChangeOut, ...]
