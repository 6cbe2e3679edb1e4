"""Home: what changed, what is wrong, and what waits for somebody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from shipledger.access.people.look import AT_FIRST, NEVER, is_worth_noting, look_again
from shipledger.catalog.inbox import InboxDesk
from shipledger.catalog.organization_settings.declared import SILENCE_LIMIT
from shipledger.catalog.organization_settings.deployments import DeploymentSettings, load_settings_of
from shipledger.catalog.silence_limits import SilenceLimits, read_silence_limits, to_limit
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import ShipledgerError, Unavailable
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident
from shipledger.ledger.ahead import FAR_AHEAD
from shipledger.ledger.asking import Asks
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.performing.failing import list_failing
from shipledger.performing.performer import Performer
from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.verbs.home import (
    COUNTED,
    EXAMINED,
    FAILED_WITHIN,
    HOUR,
    NONE,
    SHOWN,
    UNCAUSED_WITHIN,
    Count,
    Home,
    is_stuck,
    lacks_cause,
    stuck_after,
)
from shipledger.verbs.source_listing import list_sources
from shipledger.verbs.sources import Source


class HomeReader:
    """Reads Home. ``limits``: those of the installation on how long a deployment may be silent."""

    def __init__(self, store: Store, clock: Clock, asks: Asks, limits: SilenceLimits) -> None:
        self._store = store
        self._clock = clock
        self._inbox = InboxDesk(store, asks)
        self._limits = limits

    @classmethod
    def over(cls, store: Store, clock: Clock, asks: Asks, settings: Settings) -> HomeReader:
        """One with the limits that settings give."""
        return cls(store, clock, asks, read_silence_limits(settings.silence_limit_hours, settings.silence_limits))

    async def read_home(self, organization_id: str, person_id: str, *, is_looking: bool = False) -> Home:
        """What there is now."""
        now = self._clock.now()
        last = await self._find_last_visit(organization_id, person_id, now, is_looking=is_looking)
        since = now - AT_FIRST if last is None else last
        deployed, failing, stuck, incidents, uncaused = await asyncio.gather(
            self._read_deployments(organization_id, since, now),
            list_failing(self._store, organization_id, started_from=now - FAILED_WITHIN, started_until=now + FAR_AHEAD),
            self._list_stuck(organization_id, now),
            self._store.list_open_incidents(organization_id, limit=COUNTED + 1),
            self._list_uncaused(organization_id, now),
        )
        gates, silent, unmapped = await asyncio.gather(
            self._list_gates(organization_id),
            self._list_silent(organization_id, now),
            self._inbox.count_open(organization_id),
        )
        counts, (latest, running, failed) = deployed
        return Home(
            at=now,
            since=since,
            has_looked=last is not None,
            changed=counts[0],
            last_hour=counts[1],
            latest=latest,
            running=counts[2],
            running_now=running,
            failed=counts[3],
            failed_lately=failed,
            failing=failing[0],
            failing_now=failing[1],
            stuck=stuck[0],
            stuck_now=stuck[1],
            open_incidents=_count(len(incidents), COUNTED),
            incidents=incidents[:SHOWN],
            approvals=gates[0],
            gates=gates[1],
            uncaused=uncaused[0],
            uncaused_incidents=uncaused[1],
            unmapped=unmapped,
            silent_sources=silent,
        )

    async def _find_last_visit(self, organization_id: str, person_id: str, now: datetime, *, is_looking: bool) -> datetime | None:
        """When the visit before this one ended; None where there was none."""
        if not person_id:
            return None
        known = await self._store.find_look(organization_id, person_id)
        look = look_again(known, now)
        if is_looking and is_worth_noting(known, look):
            with contextlib.suppress(Unavailable):  # a full disk keeps nobody from looking
                await self._store.save_look(organization_id, person_id, look)
        return None if look.since <= NEVER else min(look.since, now)

    async def _read_deployments(
        self, organization_id: str, since: datetime, now: datetime
    ) -> tuple[Sequence[Count], Sequence[Sequence[Deployment]]]:
        hour_ago, day_ago = now - HOUR, now - FAILED_WITHIN
        # As in the lists that the numbers open: what starts so far ahead was planned, or has a wrong clock.
        until = now + FAR_AHEAD
        asked: tuple[tuple[State | None, datetime | None], ...] = (
            (None, since),
            (None, hour_ago),
            (State.IN_PROGRESS, None),
            (State.FAILED, day_ago),
        )
        counts = await asyncio.gather(
            *(
                self._store.count_started(
                    organization_id, state=state, started_from=begin, started_until=until, limit=COUNTED + 1
                )
                for state, begin in asked
            )
        )
        lists = await asyncio.gather(
            *(
                self._store.list_deployments(
                    organization_id,
                    DeploymentFilter(state=state or "", started_from=begin, started_until=until, limit=SHOWN),
                )
                for state, begin in asked[1:]
            )
        )
        return [_count(one, COUNTED) for one in counts], lists

    async def _list_stuck(self, organization_id: str, now: datetime) -> tuple[Count, Sequence[Deployment]]:
        try:
            own = await load_settings_of(self._store, organization_id)
        except ShipledgerError:  # a setting that cannot be read is told where settings are
            own = DeploymentSettings(self._store, organization_id, {})
        least = stuck_after(own.find_shortest(SILENCE_LIMIT, self._limits.shortest))
        wanted = DeploymentFilter(state=State.IN_PROGRESS, started_until=now - least, limit=EXAMINED + 1)
        found = await self._store.list_deployments(organization_id, wanted)
        stuck = [one for one in found[:EXAMINED] if is_stuck(one, await self._find_limit(own, one), now)]
        return Count(len(stuck), is_more=len(found) > EXAMINED), stuck[:SHOWN]

    async def _find_limit(self, own: DeploymentSettings, deployment: Deployment) -> timedelta | None:
        found = await own.find(SILENCE_LIMIT, deployment)
        return self._limits.find(deployment).after if found is None else to_limit(found.held.value)

    async def _list_uncaused(self, organization_id: str, now: datetime) -> tuple[Count, Sequence[Incident]]:
        found = await self._store.scan_incidents(
            organization_id, started_from=now - UNCAUSED_WITHIN, started_until=now, after=None, limit=EXAMINED + 1
        )
        uncaused = [one for one in found[:EXAMINED] if lacks_cause(one)]
        return Count(len(uncaused), is_more=bool(uncaused) and len(found) > EXAMINED), uncaused[:SHOWN]

    async def _list_gates(self, organization_id: str) -> tuple[Count, Sequence[tuple[Gate, Deployment | None]]]:
        found = await self._store.list_awaiting_gates(organization_id, limit=EXAMINED + 1)
        if not found:
            return NONE, ()
        read = await self._store.read_deployments(organization_id, [one.deployment_id for one in found[:SHOWN]])
        of_id = {one.deployment_id: one for one in read}
        return _count(len(found), EXAMINED), [(one, of_id.get(one.deployment_id)) for one in found[:SHOWN]]

    async def _list_silent(self, organization_id: str, now: datetime) -> Sequence[Source]:
        sources = await list_sources(self._store, organization_id, now=now)
        return [one for one in sources if one.is_silent(now)]


class HomePerformer(Performer):
    """See ``verbs.home.HomeVerbs``."""

    async def read_home(self, organization_id: str, person_id: str, *, is_looking: bool = False) -> Home:
        """What there is now."""
        return await self._parts.home.read_home(organization_id, person_id, is_looking=is_looking)


def _count(found: int, limit: int) -> Count:
    return Count(min(found, limit), is_more=found > limit)
