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

        def read() -> Steps[list[list[Row]]]:
            if wanted.lane_keys is not None:
                keys = rows.to_json(sorted(wanted.lane_keys))
                within = {"from_us": since_us, "until_us": until_us}
                return [(yield call("list_stretches_of_lanes", keys=keys, **within, **given, limit=at_most))]
            before_us = since_us - SHORT
            found = [(yield call("list_stretches_started", from_us=before_us, until_us=until_us, **given, limit=at_most))]
            found.append((yield call("list_long_stretches", from_us=since_us, before_us=before_us, **given, limit=at_most)))
            for state in WAITING_STATES:
                under_way = yield call("list_stretches_under_way", state=state.value, before_us=before_us, **given, limit=at_most)
                found.append(under_way)
            return found

        def read_ahead() -> Steps[list[Row]]:
            after = {"from_us": until_us + 1, "until_us": LATEST_US}
            found: list[Row] = yield call("list_stretches_started", **after, **given, limit=wanted.ahead)
            return found

        joined = [_join(organization_id, found) for found in await self._read_steps_long(read())]
        is_cut = any(len(found) > wanted.limit for found in joined)
        merged = {one.deployment_id: one for found in joined for one in found[-wanted.limit :] if _is_during(one, wanted)}
        if wanted.ahead:
            ahead = _join(organization_id, await self._read_steps(read_ahead()))
            keys = None if wanted.lane_keys is None else frozenset(wanted.lane_keys)
            merged |= {one.deployment_id: one for one in ahead if keys is None or not keys.isdisjoint(one.lane_keys)}
        return sorted(merged.values(), key=_by_start), is_cut

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


def _join(organization_id: str, found: Iterable[Row]) -> list[Stretch]:
    """Those that rows tell of, by start; each has a row for each of its lanes."""
    read = read_each(_to_part, owned_by(organization_id, found))
    note_damage(read.damaged)
    keys: dict[str, list[str]] = {}
    stretches: dict[str, Stretch] = {}
    for one, key in read:
        stretches.setdefault(one.deployment_id, one)
        if key:
            keys.setdefault(one.deployment_id, []).append(key)
    joined = (_with_keys(one, keys.get(one.deployment_id, [])) for one in stretches.values())
    return sorted(joined, key=_by_start)


def _with_keys(one: Stretch, keys: Sequence[str]) -> Stretch:
    return Stretch(
        one.deployment_id,
        one.state,
        one.tier,
        one.environment,
        one.environment_key,
        one.started_at,
        one.ended_at,
        one.commit,
        tuple(dict.fromkeys(keys)),
    )


@reads("deployment", "ttttTTiITT", 0, 1)
def _to_part(row: Row) -> tuple[Stretch, str]:
    _, deployment_id, state, tier, environment, key, started_us, ended_us, commit, lane_key = row
    stretch = Stretch(
        deployment_id=deployment_id,
        state=State(state),
        tier=Tier(tier),
        environment=environment or "",
        environment_key=key or "",
        started_at=from_microseconds(started_us),
        ended_at=None if ended_us is None else from_microseconds(ended_us),
        commit=commit or "",
        lane_keys=(),
    )
    return stretch, lane_key or ""
