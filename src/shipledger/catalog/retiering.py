"""Change environments' tiers, and apply them to recorded deployments."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from shipledger.catalog.tier_contract import TierPlace, TierStore
from shipledger.catalog.tiering.model import ask_for
from shipledger.catalog.tiers import DEFAULT_RULES, TierPolicy, TierRule, check_pattern, pin_key
from shipledger.errors import Conflict, Invalid, NotFound, Unstorable
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import Reason, VerdictKind

APPLYING_SECONDS = 5.0
DEPLOYMENTS_AT_ONCE = 500
"""Deployments per transaction; other writers wait that long."""

Advance = Callable[[int, int], None]
"""Progress callback: places done, of how many."""


class TierMove(Struct, frozen=True):
    """The deployments of a place that rules give another ``tier``. ``is_kept``: they keep the one that was guessed before."""

    place: TierPlace
    tier: Tier
    deployments: int
    is_kept: bool


def pin(policy: TierPolicy, environment: str, tier: Tier) -> TierPolicy:
    """``policy`` with a tier for one environment. Raises Invalid if it has no name."""
    key = pin_key(environment)
    if not key:
        raise Invalid("environment", "Name an environment by its id or name.")
    meant = policy.names.find(environment) if name_key(environment) in policy.aliases else None
    if meant is not None:
        raise Invalid("environment", f"{environment!r} is another name of {meant!r}; set the tier of that one.")
    return replace(policy, pins={**policy.pins, key: tier})


def unpin(policy: TierPolicy, environment: str) -> TierPolicy:
    """``policy`` without the tier of one environment. Raises NotFound if it has none."""
    key = pin_key(environment)
    if key not in policy.pins:
        raise NotFound("pin_not_found", f"No tier was set for {environment!r}; see `shipledger environment list`.")
    return replace(policy, pins={name: tier for name, tier in policy.pins.items() if name != key})


def add_rule(policy: TierPolicy, pattern: str, tier: Tier, *, position: int) -> TierPolicy:
    """``policy`` with one more rule at ``position``, counted from 1. Raises Invalid."""
    rule = TierRule(check_pattern(pattern), tier)
    if not 1 <= position <= len(policy.rules) + 1:
        raise Invalid("position", f"There is no position {position}: there are {len(policy.rules)} rules.")
    return replace(policy, rules=(*policy.rules[: position - 1], rule, *policy.rules[position - 1 :]))


def remove_rule(policy: TierPolicy, position: int) -> TierPolicy:
    """``policy`` without the rule at ``position``, counted from 1. Raises NotFound."""
    if not 1 <= position <= len(policy.rules):
        raise NotFound("rule_not_found", f"There is no rule {position}: there are {len(policy.rules)} rules.")
    return replace(policy, rules=(*policy.rules[: position - 1], *policy.rules[position:]))


def reset_rules(policy: TierPolicy) -> TierPolicy:
    """``policy`` with the default rules. Tiers of single environments stay."""
    return replace(policy, rules=DEFAULT_RULES)


async def save_policy(asks: Asks, organization_id: str, before: TierPolicy, after: TierPolicy, *, by: Actor) -> None:
    """Let ``after`` stand where ``before`` stood. Raises Conflict if somebody else changed it, and Unstorable."""
    (verdict,) = await asks.ask(organization_id, [ask_for(before, after)], operation="change tiers", actor=by)
    if verdict.reason is Reason.CHANGED_MEANWHILE:
        raise Conflict("tiers_changed", verdict.sentence)
    if verdict.kind is VerdictKind.REJECTED:
        raise Unstorable("unstorable", verdict.sentence)


def tier_by(policy: TierPolicy, place: TierPlace) -> Tier:
    """The tier that ``policy`` gives the deployments of ``place``."""
    return policy.tier_of(place.environment_id, place.name, place.said)


async def list_stale(store: TierStore, organization_id: str, policy: TierPolicy) -> list[TierPlace]:
    """The places whose shown tier differs from ``policy``."""
    return [place for place in await store.list_tier_places(organization_id) if tier_by(policy, place) is not place.tier]


async def preview(store: TierStore, organization_id: str, policy: TierPolicy) -> list[TierMove]:
    """What ``policy`` moves, and the tiers that an earlier version guessed by other rules and kept as a sender's word."""
    moves = []
    for place in await store.list_tier_places(organization_id):
        tier = tier_by(policy, place)
        is_kept = tier is place.tier
        if is_kept and await _is_guess(store, organization_id, policy, place):
            tier = policy.tier_of(place.environment_id, place.name, Tier.UNMAPPED)
        if tier is not place.tier:
            count = await store.count_place(organization_id, place)
            moves.append(TierMove(place=place, tier=tier, deployments=count, is_kept=is_kept))
    return moves


async def _is_guess(store: TierStore, organization_id: str, policy: TierPolicy, place: TierPlace) -> bool:
    """Whether an earlier version guessed the tier, and stored it where what senders say is kept."""
    if place.said is Tier.UNMAPPED or not place.environment_id:
        return False
    if policy.tier_of(place.environment_id, place.name, Tier.UNMAPPED) is place.tier:
        return False
    example = await store.find_example(organization_id, place)
    said = None if example is None else example.said_environment
    return said is not None and said.original_tier is None


def replace_rules(policy: TierPolicy, rules: Sequence[TierRule]) -> TierPolicy:
    """``policy`` with other rules. Raises Invalid for a pattern that is none."""
    return replace(policy, rules=tuple(TierRule(check_pattern(one.pattern), one.tier) for one in rules))


async def apply_in_time(store: TierStore, organization_id: str, *, seconds: float = APPLYING_SECONDS) -> bool:
    """Apply an organization's policy, for so long at most; whether all deployments follow it. A duty does the rest."""
    try:
        async with asyncio.timeout(seconds):
            await apply_policy(store, organization_id)
    except TimeoutError:
        return False
    return True


async def apply_policy(store: TierStore, organization_id: str, *, advance: Advance = lambda *_: None) -> int:
    """Apply an organization's policy to all its deployments; how many changed.

    Idempotent: it may be interrupted at any time and run again.
    """
    policy = await store.find_tier_policy(organization_id)
    stale = await list_stale(store, organization_id, policy)
    total = 0
    for done, place in enumerate(stale):
        advance(done, len(stale))
        while changed := await store.apply_tiers(organization_id, place, limit=DEPLOYMENTS_AT_ONCE):
            total += changed
    advance(len(stale), len(stale))
    return total
