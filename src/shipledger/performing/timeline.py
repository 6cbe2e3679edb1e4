"""Lanes over time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from shipledger.clock import Clock
from shipledger.deployments.stretches import StretchFilter
from shipledger.found import note_damage
from shipledger.performing.performer import Performer
from shipledger.store.contract import Store
from shipledger.verbs.timeline import DEPLOYMENTS_READ, INCIDENTS_READ, Timeline, TimelineWish, to_impacts, to_lanes

SERVICES_READ = 10_000
AHEAD_READ = 50
JUST_NOW = timedelta(minutes=1)


class TimelineReader:
    """Reads lanes over time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def read_timeline(self, organization_id: str, wish: TimelineWish) -> Timeline:
        """The lanes in which something was under way."""
        services, policy, further = await asyncio.gather(
            self._store.list_services_after(organization_id, "", limit=SERVICES_READ),
            self._store.find_tier_policy(organization_id),
            self._store.list_service_names(organization_id),
        )
        note_damage(services.damaged)
        now = self._clock.now()
        wanted = await self._find_wanted(organization_id, wish)
        keys = await self._store.list_services_of_lanes(organization_id, None if wanted is None else sorted(wanted))
        asked = StretchFilter(
            since=wish.since,
            until=wish.until,
            lane_keys=None if wanted is None else list(keys),
            environment_keys=policy.names.list_keys(wish.environment) if wish.environment else (),
            environment_id=wish.environment,
            tier=wish.tier,
            limit=DEPLOYMENTS_READ,
            ahead=AHEAD_READ if now - wish.until < JUST_NOW else 0,
        )
        (stretches, is_cut), (incidents, has_more) = await asyncio.gather(
            self._store.list_stretches(organization_id, asked),
            self._store.list_incidents_during(organization_id, since=wish.since, until=wish.until, limit=INCIDENTS_READ),
        )
        within = [one for one in stretches if one.started_at <= wish.until]
        of_id = {one.service_id: one for one in services}
        called = {one.name.casefold(): one.service_id for one in further}
        for one in services:
            called |= {name.casefold(): one.service_id for name in (one.slug, one.service_id, one.name)}
        note_damage(incidents.damaged)
        return Timeline(
            wish=wish,
            at=now,
            lanes=to_lanes(stretches, keys, of_id, policy.names, wanted),
            impacts=to_impacts(incidents, called, policy.names, wanted),
            drawn_from=within[0].started_at if is_cut and within else None,
            has_more_incidents=has_more,
        )

    async def _find_wanted(self, organization_id: str, wish: TimelineWish) -> frozenset[str] | None:
        """The ids of the services that are wanted; None for all."""
        wanted: frozenset[str] | None = None
        if wish.service:
            ids = await self._store.find_named_services(organization_id, [wish.service])
            wanted = frozenset(ids.values())
        if wish.team:
            owned = await self._store.list_services_after(organization_id, "", limit=SERVICES_READ, team=wish.team)
            of_team = frozenset(one.service_id for one in owned)
            wanted = of_team if wanted is None else wanted & of_team
        return wanted


class TimelinePerformer(Performer):
    """See ``verbs.timeline.TimelineVerbs``."""

    async def read_timeline(self, organization_id: str, wish: TimelineWish) -> Timeline:
        """The lanes in which something was under way."""
        return await TimelineReader(self._parts.store, self._parts.clock).read_timeline(organization_id, wish)
