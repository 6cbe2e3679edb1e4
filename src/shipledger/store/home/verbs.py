"""What Home asks. See HomeStore."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.people.look import Look
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.found import Found
from shipledger.gating.gate import Gate
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.gates.verbs import to_whole_gate
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session


class SqlHome(Session):
    """Counts are bounded, and lists are read through partial indexes."""

    async def count_started(
        self, organization_id: str, *, state: State | None, started_from: datetime | None, started_until: datetime, limit: int
    ) -> int:
        bounds = {
            "organization_id": organization_id,
            "from_us": NEVER_STARTED_US + 1 if started_from is None else to_microseconds(started_from),
            "until_us": to_microseconds(started_until),
            "limit": limit,
        }
        if state is None:
            count: int = await self._fetch("count_started", **bounds)
        else:
            count = await self._fetch("count_started_in_state", state=state.value, **bounds)
        return count

    async def list_last_failures(
        self, organization_id: str, *, started_from: datetime, started_until: datetime, limit: int
    ) -> Found[Deployment]:
        bounds = {"from_us": to_microseconds(started_from), "until_us": to_microseconds(started_until), "limit": limit}
        text = await self._fetch("list_last_failures", organization_id=organization_id, **bounds)
        return rows.decode_deployments(text)

    async def list_open_incidents(self, organization_id: str, *, limit: int) -> Found[Incident]:
        text = await self._fetch("list_open_incidents", organization_id=organization_id, limit=limit)
        return codec_of(INCIDENTS).decode_all(text)

    async def list_awaiting_gates(self, organization_id: str, *, limit: int) -> Found[Gate]:
        return read_each(to_whole_gate, await self._fetch("list_awaiting_gates", organization_id=organization_id, limit=limit))

    async def find_look(self, organization_id: str, person_id: str) -> Look | None:
        row = await self._fetch("find_look", organization_id=organization_id, person_id=rows.storable(person_id))
        return None if row is None else Look(since=from_microseconds(row[0]), seen_at=from_microseconds(row[1]))

    async def save_look(self, organization_id: str, person_id: str, look: Look) -> None:
        await self._execute(
            "save_look",
            organization_id=organization_id,
            person_id=rows.storable(person_id),
            since_us=to_microseconds(look.since),
            seen_us=to_microseconds(look.seen_at),
        )
