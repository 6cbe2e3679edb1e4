"""Incidents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.found import Found
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.marks import Cause
from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US, from_bound, until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.deployments.listing import to_commit_range
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.records.verbs import SqlRecords
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call


class SqlIncidents(SqlRecords):
    """Incidents, besides what the ledger does with every aggregate."""

    async def load_incidents(self, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Incident]:
        return await self.load_records(INCIDENTS.kind, names)

    async def find_last_incident_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        return await self.find_last_numbers(INCIDENTS.kind, organization_ids)

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        return await self.list_entries_of(INCIDENTS.kind, organization_id, incident_id)

    async def list_incident_verdicts(self, organization_id: str, incident_id: str) -> list[RecordedVerdict]:
        key = rows.storable(incident_id)
        found = await self._fetch("list_incident_verdicts", organization_id=organization_id, incident_id=key)
        return read_each(receipt_rows.to_recorded_verdict, found)

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        incident: Incident | None = await self.find_record(INCIDENTS.kind, organization_id, incident_id)
        return incident

    async def find_known_causes(self, organization_id: str, causes: Collection[Cause]) -> frozenset[Cause]:
        def find() -> Steps[frozenset[Cause]]:
            known = set()
            for cause in causes:
                if cause.deployment_id:
                    key = rows.storable(cause.deployment_id)
                    found = yield call("find_deployment", organization_id=organization_id, deployment_id=key)
                else:
                    place = {"repository_key": rows.to_repository_key(cause.repository), **to_commit_range(cause.commit)}
                    found = yield call("find_commit_or_release", organization_id=organization_id, **place)
                if found is not None:
                    known.add(cause)
            return frozenset(known)

        return await self._read_steps(find())

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | tuple[int, str] | None,
        limit: int,
    ) -> Found[Incident]:
        after_us, after_id = (LATEST_US, AFTER_ALL_IDS)
        if isinstance(after, Incident):
            after_us, after_id = to_microseconds(after.started_at), after.incident_id
        elif after is not None:
            after_us, after_id = after
        text = await self._fetch_long(
            "scan_incidents",
            organization_id=organization_id,
            from_us=from_bound(started_from),
            until_us=until_bound(started_until),
            after_us=after_us,
            after_id=after_id,
            limit=limit,
        )
        return codec_of(INCIDENTS).decode_all(text)
