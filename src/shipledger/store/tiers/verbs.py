"""The tiers of environments: the policy of each organization, and the deployments that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from msgspec.structs import replace

from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import DEFAULT_POLICY, TierPolicy, resolve
from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import Tier
from shipledger.store import rows
from shipledger.store.environments.policies import find_policy, to_owned_policy
from shipledger.store.projecting import Cause, Change
from shipledger.store.projections.subscribers import SqlProjecting
from shipledger.store.row_reading import owned_by, read_each, reads
from shipledger.store.session import Steps, call


class SqlTiers(SqlProjecting):
    """Rules for tiers, and what they make of deployments."""

    @cached_property
    def _seen_policies(self) -> dict[str, TierPolicy]:
        """The policies that were seen last. They may be old."""
        return {}

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        return await self._read_steps(find_policy(organization_id))

    async def list_tier_policies(self) -> dict[str, TierPolicy]:
        found = await self._fetch("list_tier_policies")
        return dict(read_each(to_owned_policy, found))

    async def list_tier_places(self, organization_id: str) -> list[TierPlace]:
        """See TierStore. By id; ids as they compare: UUIDs without braces and in lower case."""
        found = await self._fetch("list_tier_places", organization_id=organization_id)
        ordered = sorted(found, key=lambda row: tuple(map(str, row)))  # a planner may join them in any order
        return read_each(_to_place, owned_by(organization_id, ordered))

    async def list_tier_places_as_of(self, organization_id: str, as_of: datetime) -> list[TierPlace]:
        moment = {"as_of_us": to_microseconds(as_of)}
        found = await self._fetch_long("list_unchanged_tier_places", organization_id=organization_id, **moment)
        return read_each(_to_place, owned_by(organization_id, sorted(found, key=lambda row: tuple(map(str, row)))))

    async def list_environments(self, organization_id: str) -> list[tuple[str, str, str]]:
        places = await self.list_tier_places(organization_id)
        found = {(place.environment_id, place.name, place.tier.value) for place in places}
        return sorted(found, key=lambda one: (one[2], one[1], one[0]))

    async def count_place(self, organization_id: str, place: TierPlace) -> int:
        count: int = await self._fetch_long(
            "count_deployments_of_tier_place", organization_id=organization_id, **_to_columns(place)
        )
        return count

    async def count_deployments_by_name(self, organization_id: str, names: Sequence[str]) -> Mapping[str, int]:
        found = await self._fetch_long(
            "count_deployments_by_name",
            organization_id=organization_id,
            environment_keys=rows.to_json(map(rows.indexable, names)),
        )
        return dict(found)

    async def find_example(self, organization_id: str, place: TierPlace) -> Deployment | None:
        text = await self._fetch("list_deployments_of_tier_place", organization_id=organization_id, limit=1, **_to_columns(place))
        return next(iter(rows.decode_deployments(text)), None)

    async def apply_tiers(self, organization_id: str, place: TierPlace, *, limit: int) -> int:
        def apply() -> Steps[int]:
            policy = yield from find_policy(organization_id)
            text = yield call(
                "list_deployments_of_tier_place",
                organization_id=organization_id,
                limit=limit,
                **_to_columns(place),
            )
            pairs = [(one, resolve(one, policy)) for one in rows.decode_deployments(text)]
            changed = tuple(after for before, after in pairs if after is not before)
            if changed:
                yield from self._tell(Change(Cause.TIERS, deployments=changed, organization_id=organization_id))
            return len(changed)

        return await self._write_steps(apply())

    def _tell_resolved(self, change: Change) -> Steps[None]:
        """What tells a change, whose deployments get the tiers by the policies that stand in the transaction.

        It is told now, under the policies that were seen last, and anew in the transaction only if those have changed.
        """
        deployments = change.deployments
        seen = {one.organization_id: self._seen_policies.get(one.organization_id, DEFAULT_POLICY) for one in deployments}
        prepared = self._tell(_resolve_all(change, seen))
        known = rows.to_json((organization_id, policy.revision) for organization_id, policy in seen.items())

        def save() -> Steps[None]:
            changed = yield call("list_changed_tier_policies", known=known)
            if not changed:
                yield from prepared
                return
            self._seen_policies.update(map(to_owned_policy, changed))
            yield from self._tell(_resolve_all(change, {**seen, **self._seen_policies}))

        return save()


def _to_columns(place: TierPlace) -> dict[str, str]:
    return {"environment_id": place.environment_id, "name": place.name, "said": place.said, "tier": place.tier}


def _resolve_all(change: Change, policies: Mapping[str, TierPolicy]) -> Change:
    return replace(change, deployments=tuple(resolve(one, policies[one.organization_id]) for one in change.deployments))


@reads("deployment", "ttttt", 0, 1, 2)
def _to_place(row: rows.Row) -> TierPlace:
    _, environment_id, name, said, tier = row
    return TierPlace(environment_id=environment_id, name=name, said=Tier(said), tier=Tier(tier))
