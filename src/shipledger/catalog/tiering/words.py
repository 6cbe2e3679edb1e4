"""What the entries of a tiering say, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from shipledger.catalog.tiering.model import ChangeTiers, Tiering
from shipledger.catalog.tiers import TierRule
from shipledger.ledger.aggregate import RecordEntry


def describe_all(entries: Sequence[RecordEntry]) -> list[tuple[str, ...]]:
    """For each entry, of all in order, one short sentence for each thing that it changed; of an erased one only that."""
    described: list[tuple[str, ...]] = []
    current: Tiering | None = None
    for entry in entries:
        if isinstance(entry.submission, ChangeTiers):
            before = current or Tiering(entry.organization_id, 0)
            current = before.change(entry.submission)
            described.append(
                (
                    *_describe_rules(before.rules, current.rules),
                    *_describe_pins(entry.submission),
                    *_describe_aliases(before.aliases, entry.submission),
                )
            )
        else:
            described.append(("Erased.",))
    return described


def _describe_rules(before: Sequence[TierRule], after: Sequence[TierRule]) -> list[str]:
    added = [f"Rule {place} added: {one.pattern} is {one.tier}." for place, one in enumerate(after, 1) if one not in before]
    removed = [f"Rule {place} removed: {one.pattern} was {one.tier}." for place, one in enumerate(before, 1) if one not in after]
    kept = [one for one in before if one in after], [one for one in after if one in before]
    return [*removed, *added, *(["Rules in another order."] if kept[0] != kept[1] else [])]


def _describe_pins(said: ChangeTiers) -> list[str]:
    pins = {} if said.pins is UNSET else said.pins
    return [
        f"Tier of {name} set to {tier}." if tier is not None else f"Tier of {name} no longer set by hand."
        for name, tier in sorted(pins.items())
    ]


def _describe_aliases(before: Mapping[str, str], said: ChangeTiers) -> list[str]:
    aliases = {} if said.aliases is UNSET else said.aliases
    return [
        f"{name} is another name of {meant}."
        if meant is not None
        else f"{name} is no longer another name of {before.get(name, '?')}."
        for name, meant in sorted(aliases.items())
    ]
