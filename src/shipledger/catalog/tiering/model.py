"""The tiering of an organization: one record, the fold of the changes of its rules and of tiers that were set by hand."""

from __future__ import annotations

from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shipledger.catalog.tiers import DEFAULT_RULES, TierPolicy, TierRule
from shipledger.ledger.state import Tier

KIND = "tiering"
SUBJECT = "tiers"
"""The id of the only one that an organization has."""


class ChangeTiers(Struct, frozen=True, tag="change-tiers", omit_defaults=True):
    """Change rules as a whole, or tiers of single environments: None takes one away.

    ``expects`` is the version that whoever asks has seen; rules have places, so nobody may have changed them since.
    """

    expects: int
    rules: tuple[TierRule, ...] | UnsetType = UNSET
    pins: dict[str, Tier | None] | UnsetType = UNSET


class Tiering(Struct, frozen=True):
    """See above. ``rules`` and ``pins`` are those of TierPolicy, whose revision is ``version``."""

    organization_id: str
    version: int
    rules: tuple[TierRule, ...] = DEFAULT_RULES
    pins: dict[str, Tier] = {}
    is_removed: bool = False

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return SUBJECT

    def change(self, asked: ChangeTiers) -> Tiering:
        """It with a change. Tiers that were set stand in the order of their environments."""
        pins = self.pins if asked.pins is UNSET else {**self.pins, **asked.pins}
        kept = {name: tier for name, tier in sorted(pins.items()) if tier is not None}
        return replace(self, rules=self.rules if asked.rules is UNSET else asked.rules, pins=kept)


def ask_for(before: TierPolicy, after: TierPolicy) -> ChangeTiers:
    """What makes ``after`` of ``before``."""
    changed = {name: tier for name, tier in after.pins.items() if before.pins.get(name) is not tier}
    gone = dict.fromkeys(before.pins.keys() - after.pins.keys())
    return ChangeTiers(
        expects=before.revision,
        rules=UNSET if before.rules == after.rules else after.rules,
        pins={**changed, **gone} or UNSET,
    )
