"""What is set for one scope, and what a receipt may ask about it. It is the fold of its entries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from msgspec import UNSET, Struct, UnsetType

KIND = "setting"

Value: TypeAlias = float | str | tuple[str, ...]
"""What a setting may be set to."""


class ScopeKind(StrEnum):
    """Whose setting it is. Each inherits from those before it."""

    ORGANIZATION = "organization"
    TEAM = "team"
    SERVICE = "service"
    PIPELINE = "pipeline"


class SettingScope(Struct, frozen=True, omit_defaults=True):
    """For what something is set. ``name``: of a team or a pipeline, the id of a service; "" for the organization."""

    kind: ScopeKind = ScopeKind.ORGANIZATION
    name: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others of an organization. Names are compared without case."""
        return f"{self.kind}:{self.name.casefold()}" if self.name else str(self.kind)


WHOLE_ORGANIZATION = SettingScope()


class ChangeSettings(Struct, frozen=True, tag="change-settings", omit_defaults=True):
    """Set settings for ``scope`` by their keys. None withdraws one: what is inherited counts again.

    ``expects``: what whoever asks has seen set there, by key; None for nothing. It is left out of entries.
    """

    scope: SettingScope
    values: dict[str, Value | None]
    expects: dict[str, Value | None] | UnsetType = UNSET


class Held(Struct, frozen=True, omit_defaults=True):
    """A value that somebody has set. ``at`` and ``by`` are None and "" for those of a version before entries."""

    value: Value
    at: datetime | None = None
    by: str = ""


class ScopeSettings(Struct, frozen=True):
    """What is set for one scope, by key."""

    organization_id: str
    scope: SettingScope
    version: int
    values: dict[str, Held] = {}

    kind: ClassVar[str] = KIND
    is_removed: ClassVar[bool] = False

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.scope.key
