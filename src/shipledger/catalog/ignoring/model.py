"""The names that an organization leaves out of its inbox: one record, the fold of what people ignored and listed again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from shipledger.texts import indexable

KIND = "ignoring"
SUBJECT = "ignored"
"""The id of the only one that an organization has."""

NAMES_LIMIT = 10_000


class ItemKind(StrEnum):
    """What a name is one of."""

    ENVIRONMENT = "environment"
    REPOSITORY = "repository"


class ChangeIgnored(Struct, frozen=True, tag="change-ignored", omit_defaults=True):
    """Ignore names, or list them again: None. Keys are those of ``item_key``, values what people call it.

    Each name is a change of its own, so two who change different ones both keep theirs.
    """

    names: dict[str, str | None]


class Ignoring(Struct, frozen=True):
    """See above. ``names`` maps keys to what people call it."""

    organization_id: str
    version: int
    names: dict[str, str] = {}
    is_removed: bool = False

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return SUBJECT

    def has(self, kind: ItemKind, key: str) -> bool:
        """Whether a name, as it compares, is left out."""
        return item_key(kind, key) in self.names

    def change(self, said: Mapping[str, str | None]) -> Ignoring:
        """It with a change, in the order of the keys."""
        changed: dict[str, str | None] = {**self.names, **said}
        return replace(self, names={key: name for key, name in sorted(changed.items()) if name is not None})


def item_key(kind: ItemKind, key: str) -> str:
    """What tells a name from others, by the name as it compares."""
    return f"{kind.value}:{indexable(key)}"


def kind_of(key: str) -> tuple[str, str]:
    """The kind in a key, and the name as it compares."""
    kind, _, name = key.partition(":")
    return kind, name
