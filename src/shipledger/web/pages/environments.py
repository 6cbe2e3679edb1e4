"""The environments that deployments went to, as pages offer them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.environment_names import EnvironmentNames


class EnvironmentChoice(Struct, frozen=True):
    """An environment by its id, or by its name if several ids have that: some senders make an id for each run."""

    value: str
    name: str
    tier: str
    is_by_name: bool


class Reader(Protocol):
    """What of the ledger is asked."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization, with the names of its environments."""


async def find_names(ledger: Reader, organization_id: str) -> EnvironmentNames:
    """The names of an organization's environments."""
    return (await ledger.find_tier_policy(organization_id)).names


def list_choices(known: Iterable[tuple[str, str, str]], names: EnvironmentNames) -> list[EnvironmentChoice]:
    """Each of ``known`` (id, name, tier), in their order; those whose names mean one environment once for each tier."""
    found = list(known)
    ids: dict[str, set[str]] = {}
    for environment_id, name, _ in found:
        ids.setdefault(names.key_of(name), set()).add(environment_id)
    choices: dict[tuple[str, ...], EnvironmentChoice] = {}
    for environment_id, name, tier in found:
        own, called = names.key_of(name), names.call(name)
        is_by_name = bool(name) and (len(ids[own]) > 1 or names.has_several(name))
        key = ("", own, tier) if is_by_name else (environment_id, name, tier)
        choices.setdefault(key, EnvironmentChoice(called if is_by_name else environment_id, called, tier, is_by_name))
    return list(choices.values())
