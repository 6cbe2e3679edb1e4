"""The tiering of an organization: one record, the fold of the changes of its rules and of tiers that were set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shipledger.catalog.tiers import DEFAULT_RULES, TierPolicy, TierRule
from shipledger.ledger.state import Tier

T = TypeVar("T")

KIND = "tiering"
SUBJECT = "tiers"
"""The id of the only one that an organization has."""


class ChangeTiers(Struct, frozen=True, tag="change-tiers", omit_defaults=True):
    """Change rules as a whole, or tiers or other names of single environments: None takes one away.

    ``expects`` is the version that whoever asks has seen; rules have places, so nobody may have changed them since.
    """

    expects: int
    rules: tuple[TierRule, ...] | UnsetType = UNSET
    pins: dict[str, Tier | None] | UnsetType = UNSET
    aliases: dict[str, str | None] | UnsetType = UNSET


class Tiering(Struct, frozen=True):
    """See above. ``rules``, ``pins`` and ``aliases`` are those of TierPolicy, whose revision is ``version``."""

    organization_id: str
    version: int
    rules: tuple[TierRule, ...] = DEFAULT_RULES
    pins: dict[str, Tier] = {}
    is_removed: bool = False
    aliases: dict[str, str] = {}

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return SUBJECT

    @property
    def policy(self) -> TierPolicy:
        """What it says of environments."""
        return TierPolicy(rules=self.rules, pins=self.pins, revision=self.version, aliases=self.aliases)

    def change(self, asked: ChangeTiers) -> Tiering:
        """It with a change. Tiers that were set, and other names, stand in the order of their environments."""
        return replace(
            self,
            rules=self.rules if asked.rules is UNSET else asked.rules,
            pins=_change(self.pins, asked.pins),
            aliases=_change(self.aliases, asked.aliases),
        )


def ask_for(before: TierPolicy, after: TierPolicy) -> ChangeTiers:
    """What makes ``after`` of ``before``."""
    return ChangeTiers(
        expects=before.revision,
        rules=UNSET if before.rules == after.rules else after.rules,
        pins=_compare(before.pins, after.pins) or UNSET,
        aliases=_compare(before.aliases, after.aliases) or UNSET,
    )


def _change(kept: Mapping[str, T], said: Mapping[str, T | None] | UnsetType) -> dict[str, T]:
    changed = kept if said is UNSET else {**kept, **said}
    return {name: value for name, value in sorted(changed.items()) if value is not None}


def _compare(before: Mapping[str, T], after: Mapping[str, T]) -> dict[str, T | None]:
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    return {**changed, **dict.fromkeys(sorted(before.keys() - after.keys()))}
