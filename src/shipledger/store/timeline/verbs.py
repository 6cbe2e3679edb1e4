"""Deployments and incidents as stretches of time. See StretchStore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.deployments.stretches import Stretch, StretchFilter
from shipledger.found import Found, note_damage
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.model import Incident
from shipledger.ledger.silence import WAITING_STATES
from shipledger.ledger.state import State, Tier
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US
from shipledger.store.codecs import codec_of
from shipledger.store.lanes.verbs import find_services_of_keys
from shipledger.store.row_reading import Row, owned_by, read_each, reads
from shipledger.store.session import Session, Steps, call

SHORT = timedelta(hours=1) // timedelta(microseconds=1)
"""Who took no longer started at most so long before. An index has the others."""


class SqlTimeline(Session):
    """Each statement seeks by an index that holds what it wants close together."""

    async def list_stretches(self, organization_id: str, wanted: StretchFilter) -> tuple[list[Stretch], bool]:
        since_us, until_us = to_microseconds(wanted.since), to_microseconds(wanted.until)
        given: dict[str, Any] = {
            "organization_id": organization_id,
            "tier": "" if wanted.tier is None else wanted.tier.value,
            "environment_keys": rows.to_json(map(rows.indexable, wanted.environment_keys)),
            "environment_id": rows.to_environment_key(wanted.environment_id),
        }
        at_most = wanted.limit + 1

        def read_lanes(keys: Sequence[str]) -> Steps[tuple[list[Found[Stretch]], bool]]:
            within = {"organization_id": organization_id, "from_us": since_us, "until_us": until_us}
            ids = yield call("list_ids_in_lanes", keys=rows.to_json(sorted(keys)), **within, limit=at_most)
            some = rows.to_json(one for (one,) in ids[: wanted.limit])
            found = yield call("read_stretches", deployment_ids=some, until_us=until_us, **given)
            return [_read(organization_id, found)], len(ids) > wanted.limit

        def read_all() -> Steps[tuple[list[Found[Stretch]], bool]]:
            before_us = since_us - SHORT
            asked: list[tuple[str, dict[str, Any]]] = [("list_stretches_started", {"from_us": before_us, "until_us": until_us})]
            asked += [("list_long_stretches", {"from_us": since_us, "before_us": before_us})]
            asked += [("list_stretches_under_way", {"state": state.value, "before_us": before_us}) for state in WAITING_STATES]
            found = []
            for name, bounds in asked:
                part = yield call(name, **bounds, **given, limit=at_most)
                found.append(part)
            read = [_read(organization_id, part[: wanted.limit]) for part in found]
            return read, any(len(part) > wanted.limit for part in found)

        def read_ahead() -> Steps[list[Row]]:
            after = {"from_us": until_us + 1, "until_us": LATEST_US}
            found: list[Row] = yield call("list_stretches_started", **after, **given, limit=wanted.ahead)
            return found

        asks = read_all() if wanted.lane_keys is None else read_lanes(wanted.lane_keys)
        read, is_cut = await self._read_steps_long(asks)
        found = {one.deployment_id: one for part in read for one in part if _is_during(one, wanted)}
        damaged = [one for part in read for one in part.damaged]
        if wanted.ahead:
            ahead = _read(organization_id, await self._read_steps(read_ahead()))
            keys = None if wanted.lane_keys is None else frozenset(wanted.lane_keys)
            found |= {one.deployment_id: one for one in ahead if keys is None or not keys.isdisjoint(one.lane_keys)}
            damaged += ahead.damaged
        note_damage(damaged)
        return sorted(found.values(), key=_by_start), is_cut

    async def list_services_of_lanes(self, organization_id: str, service_ids: Sequence[str] | None) -> dict[str, list[str]]:
        def read() -> Steps[dict[str, list[str]]]:
            ids = service_ids
            if ids is None:
                ids = [row[0] for row in (yield call("list_service_ids", organization_id=organization_id))]
            return (yield from find_services_of_keys(organization_id, ids))

        return await self._read_steps_long(read())

    async def list_incidents_during(
        self, organization_id: str, *, since: datetime, until: datetime, limit: int
    ) -> tuple[Found[Incident], bool]:
        since_us, until_us = to_microseconds(since), to_microseconds(until)

        def read() -> Steps[list[str | None]]:
            begun = yield call(
                "list_incidents_begun", organization_id=organization_id, from_us=since_us, until_us=until_us, limit=limit + 1
            )
            lasting = yield call("list_incidents_lasting", organization_id=organization_id, from_us=since_us, limit=limit + 1)
            still = yield call("list_open_incidents", organization_id=organization_id, limit=limit + 1)
            return [begun, lasting, still]

        found = [codec_of(INCIDENTS).decode_all(text) for text in await self._read_steps_long(read())]
        of_id = {one.incident_id: one for part in found for one in part if one.started_at <= until}
        ordered = sorted(of_id.values(), key=lambda one: (one.started_at, one.incident_id))
        return Found(ordered[-limit:], [one for part in found for one in part.damaged]), len(ordered) > limit


def _is_during(one: Stretch, wanted: StretchFilter) -> bool:
    return one.started_at >= wanted.since or _ends_after(one, wanted.since)


def _ends_after(one: Stretch, since: datetime) -> bool:
    return one.state in WAITING_STATES if one.ended_at is None else one.ended_at >= since


def _by_start(one: Stretch) -> tuple[datetime, str]:
    return one.started_at, one.deployment_id


def _read(organization_id: str, found: Iterable[Row]) -> Found[Stretch]:
    return read_each(_to_stretch, owned_by(organization_id, found))


@reads("deployment", "ttttTTiITT", 0, 1)
def _to_stretch(row: Row) -> Stretch:
    _, deployment_id, state, tier, environment, key, started_us, ended_us, commit, lane_keys = row
    return Stretch(
        deployment_id=deployment_id,
        state=State(state),
        tier=Tier(tier),
        environment=environment or "",
        environment_key=key or "",
        started_at=from_microseconds(started_us),
        ended_at=None if ended_us is None else from_microseconds(ended_us),
        commit=commit or "",
        lane_keys=tuple(dict.fromkeys(rows.decode_strings(lane_keys or "[]"))),
    )
