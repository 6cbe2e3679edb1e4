"""Incidents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.found import Found, whole
from shipledger.incidents.model import Incident, IncidentEntry, IncidentSubmission, RecordIncident
from shipledger.ledger.actor import parse_actor
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.submission import Alias
from shipledger.store import receipt_rows, rows
from shipledger.store.projecting import Cause, Change
from shipledger.store.row_reading import read_document, read_documents, read_each, reads
from shipledger.store.session import Steps, call
from shipledger.store.sql.bounds import LATEST_US, from_bound, until_bound
from shipledger.store.sql.fencing import SqlFencing
from shipledger.store.sql.histories import ENTRIES_PER_CHUNK, Place, walk_histories
from shipledger.store.sql.subscribers import SqlProjecting

_decode_incident = msgspec.json.Decoder(Incident).decode
_decode_incidents = msgspec.json.Decoder(list[Incident]).decode
_decode_placed = msgspec.json.Decoder(tuple[int, Incident]).decode
_decode_all_placed = msgspec.json.Decoder(list[tuple[int, Incident]]).decode
decode_incident_submission = msgspec.json.Decoder(IncidentSubmission | Erased | Erase).decode


class SqlIncidents(SqlProjecting, SqlFencing):
    """Incidents, their entries and their settlement."""

    async def load_incidents(self, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Incident]:
        """See IncidentStore."""
        wanted = [(organization_id, *rows.from_alias(alias)) for organization_id, alias in names]
        text = await self._fetch("load_incidents", lookups=rows.to_json(wanted))
        found = read_documents(text, all_at_once=_decode_all_placed, one=_decode_placed, table="incident")
        return {names[place]: incident for place, incident in whole(found)}

    async def find_last_incident_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """See IncidentStore."""

        def find() -> Steps[dict[str, int]]:
            numbers = {}
            for organization_id in organization_ids:
                number = yield call("find_last_incident_number", organization_id=organization_id)
                if number is not None:
                    numbers[organization_id] = number
            return numbers

        return await self._read_steps(find())

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """See IncidentStore."""
        key = rows.storable(incident_id)
        found = await self._fetch("list_incident_entries", organization_id=organization_id, incident_id=key)
        return whole(read_each(to_incident_entry, found))

    async def list_incident_verdicts(self, organization_id: str, incident_id: str) -> list[RecordedVerdict]:
        """See IncidentStore."""
        key = rows.storable(incident_id)
        found = await self._fetch("list_incident_verdicts", organization_id=organization_id, incident_id=key)
        return read_each(receipt_rows.to_recorded_verdict, found)

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        """See IncidentStore."""
        found = await self._fetch("find_incident", organization_id=organization_id, incident_id=rows.storable(incident_id))
        return None if found is None else decode_incident(found, (organization_id, incident_id))

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | tuple[int, str] | None,
        limit: int,
    ) -> Found[Incident]:
        """See IncidentStore."""
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
        return read_documents(text, all_at_once=_decode_incidents, one=_decode_incident, table="incident")

    async def read_incident_histories(self) -> AsyncIterator[Found[IncidentEntry]]:
        """See IncidentStore. Read in chunks, so what is written meanwhile may or may not be seen."""

        async def read(after: Place) -> Sequence[rows.Row]:
            organization_id, incident_id, version = after
            chunk: Sequence[rows.Row] = await self._fetch_long(
                "list_incident_entries_after",
                organization_id=organization_id,
                incident_id=incident_id,
                version=version,
                limit=ENTRIES_PER_CHUNK,
            )
            return chunk

        async for history in walk_histories(read, to_incident_entry, "incident_entry"):
            yield history

    async def save_incidents(self, incidents: Sequence[Incident]) -> None:
        """See IncidentStore."""
        save = self._tell(Change(Cause.REBUILD, incidents=tuple(incidents)))

        def write() -> Steps[None]:
            yield from self._hold_rebuild()
            yield from save

        await self._write_steps_long(write())


def decode_incident(text: str | bytes, key: Sequence[str] = ()) -> Incident:
    """An incident. ``key``: organization and id, where they are known. Raises DamagedRecord."""
    return read_document(text, one=_decode_incident, table="incident", key=key)


def from_incident_entry(entry: IncidentEntry) -> rows.Row:
    """The row of an entry."""
    return (
        entry.organization_id,
        entry.incident_id,
        entry.version,
        entry.receipt_id,
        entry.item,
        to_microseconds(entry.accepted_at),
        to_microseconds(entry.recorded_at),
        rows.to_document(entry.submission),
        _number_of(entry),
        rows.from_actor(entry.actor),
    )


def _number_of(entry: IncidentEntry) -> int | None:
    """The number that the entry gives: only the first one of an incident does."""
    submission = entry.submission
    return submission.number or None if entry.version == 1 and isinstance(submission, RecordIncident) else None


@reads("incident_entry", "ttitiiitt", 0, 1, 2)
def to_incident_entry(row: rows.Row) -> IncidentEntry:
    """An entry."""
    organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor = row
    return IncidentEntry(
        organization_id=organization_id,
        incident_id=incident_id,
        version=version,
        receipt_id=receipt_id,
        item=item,
        accepted_at=from_microseconds(accepted_us),
        recorded_at=from_microseconds(recorded_us),
        submission=decode_incident_submission(submission),
        actor=parse_actor(actor),
    )
