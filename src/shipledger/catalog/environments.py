"""Change the names and the tiers of environments, see before what that moves, and look one up: for all interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from shipledger.catalog.environment_aliasing import alias, finish, rename, unalias
from shipledger.catalog.retiering import TierMove, apply_in_time, pin, save_policy
from shipledger.catalog.retiering import preview as preview_tiers
from shipledger.catalog.tier_contract import TierPlace, TierStore
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.state import Tier
from shipledger.long_work import run_beside
from shipledger.texts import show

ATTEMPTS = 5
SIZE_OF_NAME = 10
"""What looking at one costs, in characters read."""
CHANGED = "Environments were changed in the meantime; look at them again."


class EnvironmentChange(Struct, frozen=True):
    """What to change of an environment, by a name of it. ``tier``: by hand, where its id is as good. ``name``: its new name.

    ``alias_of``: the environment that the name is another name of; None for an environment of its own again.
    """

    environment: str
    tier: Tier | None = None
    alias_of: str | None | UnsetType = UNSET
    name: str | None = None


class NameMove(Struct, frozen=True):
    """Deployments whose sender uses a name, as it compares, that means another environment after a change."""

    name: str
    was: str
    becomes: str
    deployments: int


class Preview(Struct, frozen=True):
    """What a change would move. ``revision``: of the rules that it would change.

    ``lanes``: of services in environments, which join others or leave them. ``tiers``: of deployments that get another one.
    """

    revision: int
    names: tuple[NameMove, ...]
    lanes: int
    services: int
    tiers: tuple[TierMove, ...]

    @property
    def deployments(self) -> int:
        """Those that belong to another environment."""
        return sum(one.deployments for one in self.names)

    @property
    def retiered(self) -> int:
        """Those that get another tier."""
        return sum(one.deployments for one in self.tiers)


class KnownEnvironment(Struct, frozen=True):
    """An environment. ``keys``: all its names, as they compare, its own first. ``places``: what senders call it."""

    name: str
    keys: tuple[str, ...]
    places: tuple[TierPlace, ...]
    policy: TierPolicy


class Deployed(Struct, frozen=True):
    """What deployments call their environments: ``names`` as they compare, and names by the ids that are no names themselves."""

    names: frozenset[str] = frozenset()
    ids: Mapping[str, str] = {}


class EnvironmentStore(TierStore, Protocol):
    """What of a store is asked."""

    async def list_service_environments(self, organization_id: str) -> list[tuple[str, str]]:
        """Every service, with each name of an environment that deployments of it had, as names compare."""


class Environments:
    """The environments of organizations."""

    def __init__(self, store: EnvironmentStore, asks: Asks) -> None:
        self._store = store
        self._asks = asks

    async def find(self, organization_id: str, name: str) -> KnownEnvironment | None:
        """The environment with a name, or None if no deployment has that and it stands for nothing."""
        policy = await self._store.find_tier_policy(organization_id)
        places = await self._store.list_tier_places(organization_id)
        return find_known(policy, places, name)

    async def change(
        self, organization_id: str, changes: Sequence[EnvironmentChange], *, by: Actor, expects: int | None = None
    ) -> TierPolicy:
        """Apply changes, all or none; the policy that stands then. ``expects``: the revision that whoever asks has seen.

        Raises Invalid, NotFound, and Conflict if somebody else changed the policy.
        """
        known = await self._find_deployed(organization_id)
        for attempt in range(1, ATTEMPTS + 1):
            before = await self._store.find_tier_policy(organization_id)
            if expects is not None and expects != before.revision:
                break
            after = await _apply_beside(before, changes, known)
            if after == before:
                return before
            try:
                await save_policy(self._asks, organization_id, before, after, by=by)
            except Conflict:
                if attempt == ATTEMPTS:
                    raise
            else:
                return after
        raise Conflict("environments_changed", CHANGED)

    async def change_and_apply(
        self, organization_id: str, changes: Sequence[EnvironmentChange], *, by: Actor, expects: int | None = None
    ) -> bool:
        """The same, with the tiers of recorded deployments; whether all have them. A duty does what is not done in time."""
        await self.change(organization_id, changes, by=by, expects=expects)
        return await apply_in_time(self._store, organization_id)

    async def preview(self, organization_id: str, changes: Sequence[EnvironmentChange]) -> Preview:
        """What changes would move. Raises what ``change`` does."""
        known = await self._find_deployed(organization_id)
        before = await self._store.find_tier_policy(organization_id)
        after = await _apply_beside(before, changes, known)
        candidates = known.names | before.aliases.keys() | after.aliases.keys()
        moving = sorted(one for one in candidates if before.names.key_of(one) != after.names.key_of(one))
        counts = await self._store.count_deployments_by_name(organization_id, moving) if moving else {}
        places = await self._store.list_service_environments(organization_id) if counts else []
        lanes = [(service_id, name) for service_id, name in places if name in counts]
        return Preview(
            revision=before.revision,
            names=tuple(NameMove(one, before.names.call(one), after.names.call(one), counts.get(one, 0)) for one in moving),
            lanes=len(lanes),
            services=len({service_id for service_id, _ in lanes}),
            tiers=tuple(one for one in await preview_tiers(self._store, organization_id, after) if not one.is_kept),
        )

    async def _find_deployed(self, organization_id: str) -> Deployed:
        places = await self._store.list_tier_places(organization_id)
        names = frozenset(name_key(place.name) for place in places)
        ids = {name_key(place.environment_id): place.name for place in places}
        return Deployed(names, {one: name for one, name in ids.items() if one not in names})


def apply(policy: TierPolicy, changes: Sequence[EnvironmentChange], known: Deployed) -> TierPolicy:
    """``policy`` with changes, one after the other. Raises Invalid and NotFound."""
    before = policy
    for one in changes:
        if one.name is not None:
            policy = rename(policy, one.environment, one.name, known=known.names)
        if one.alias_of is None:
            policy = unalias(policy, one.environment)
        elif one.alias_of is not UNSET:
            _refuse_ids(known, one.environment, one.alias_of)
            policy = alias(policy, one.environment, one.alias_of)
        if one.tier is not None:
            policy = pin(policy, one.environment, one.tier)
    return finish(policy, before)


def _refuse_ids(known: Deployed, *names: str) -> None:
    """Raises Invalid if a name is none, but the id of an environment: some senders make those for each run."""
    for name in names:
        called = known.ids.get(name_key(name))
        if called is not None:
            raise Invalid("environment", f"“{show(name)}” is the id of the environment “{show(called)}”; use its name.")


async def _apply_beside(policy: TierPolicy, changes: Sequence[EnvironmentChange], known: Deployed) -> TierPolicy:
    """The same beside the loop, if it takes long."""
    size = len(changes) * (len(policy.aliases) + len(changes)) * SIZE_OF_NAME
    return await run_beside(partial(apply, policy, changes, known), size=size)


def find_known(policy: TierPolicy, places: Sequence[TierPlace], name: str) -> KnownEnvironment | None:
    """The environment with a name among those that deployments went to, or that have several names; or None."""
    names = policy.names
    own = names.key_of(name)
    found = tuple(place for place in places if names.key_of(place.name) == own)
    if not found and not names.has_several(name):
        return None
    others = [one for one in names.list_keys(name) if one != own]
    called = names.call(name) if names.has_several(name) else found[0].name
    return KnownEnvironment(called, (own, *others), found, policy)


def get_known(policy: TierPolicy, places: Sequence[TierPlace], name: str) -> KnownEnvironment:
    """The same. Raises NotFound."""
    found = find_known(policy, places, name)
    if found is None:
        raise NotFound("environment_not_found", f"No deployment uses the environment “{show(name)}”, and it has no other names.")
    return found


def list_unseen(policy: TierPolicy, places: Iterable[TierPlace]) -> list[TierPlace]:
    """The names that stand for others, but that no deployment has had yet, as they compare; without an id."""
    seen = {name_key(place.name) for place in places}
    unseen = [one for one in policy.aliases if one not in seen]
    return [TierPlace("", one, Tier.UNMAPPED, policy.tier_of("", one, Tier.UNMAPPED)) for one in unseen]
