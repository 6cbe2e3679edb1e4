"""Incidents in a SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.incidents.model import Incident, IncidentEntry, IncidentSubmission
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.incident_contract import IncidentSettlement
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

_EARLIEST_US = -(2**63)
_LATEST_US = 2**63 - 1
_AFTER_ALL_IDS = "\U0010ffff"
_ENTRIES_PER_CHUNK = 2_000

_decode_incident = msgspec.json.Decoder(Incident).decode
_decode_incidents = msgspec.json.Decoder(list[Incident]).decode
_decode_placed = msgspec.json.Decoder(list[tuple[int, Incident]]).decode
_decode_submission = msgspec.json.Decoder(IncidentSubmission).decode


class SqliteIncidents(SqliteSession):
    """Incidents, their entries and their settlement."""

    async def load_incidents(self, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Incident]:
        """See IncidentStore."""
        wanted = [(organization_id, rows.storable(alias.scope), rows.storable(alias.key)) for organization_id, alias in names]
        parameters = {"lookups": rows.to_json(wanted)}
        text = await self._read(lambda connection: connection.execute(self._sql["load_incidents"], parameters).fetchone()[0])
        return {names[place]: incident for place, incident in _decode_placed(text or "[]")}

    async def settle_incidents(self, settlement: IncidentSettlement) -> None:
        """See IncidentStore."""
        settled_us = to_microseconds(settlement.settled_at)
        count = len(settlement.receipts)
        keys = rows.to_json((one.receipt.organization_id, one.receipt.receipt_id) for one in settlement.receipts)
        verdicts = rows.to_json(row for one in settlement.receipts for row in rows.from_verdicts(one))
        entries = rows.to_json(map(_from_entry, settlement.entries))

        def write(connection: Connection) -> None:
            settled = connection.execute(self._sql["settle_receipts"], {"keys": keys, "settled_us": settled_us}).rowcount
            if settled != count:
                raise Conflict("receipt_not_pending", "Some of these receipts have been settled or set aside meanwhile.")
            connection.execute(self._sql["append_verdicts"], {"rows": verdicts, "settled_us": settled_us})
            connection.execute(self._sql["append_incident_entries"], {"rows": entries})
            self._save(connection, settlement.incidents)

        await self._write(write)

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        """See IncidentStore."""
        parameters = {"organization_id": organization_id, "incident_id": rows.storable(incident_id)}
        row = await self._read(lambda connection: connection.execute(self._sql["find_incident"], parameters).fetchone())
        return None if row is None else _decode_incident(row[0])

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | None,
        limit: int,
    ) -> list[Incident]:
        """See IncidentStore."""
        place = (_LATEST_US, _AFTER_ALL_IDS) if after is None else (to_microseconds(after.started_at), after.incident_id)
        parameters = {
            "organization_id": organization_id,
            "from_us": _EARLIEST_US if started_from is None else to_microseconds(started_from),
            "until_us": _LATEST_US if started_until is None else to_microseconds(started_until),
            "after_us": place[0],
            "after_id": place[1],
            "limit": limit,
        }
        text = await self._read_long(lambda connection: connection.execute(self._sql["scan_incidents"], parameters).fetchone()[0])
        return _decode_incidents(text or "[]")

    async def read_incident_histories(self) -> AsyncIterator[list[IncidentEntry]]:
        """See IncidentStore. Read in chunks, so what is written meanwhile may or may not be seen."""
        history: list[IncidentEntry] = []
        after: tuple[str, str, int] = ("", "", 0)
        while chunk := await self._read_incident_entries(after):
            for entry in chunk:
                if history and _key_of(history[0]) != _key_of(entry):
                    yield history
                    history = []
                history.append(entry)
            after = (*_key_of(chunk[-1]), chunk[-1].version)
        if history:
            yield history

    async def save_incidents(self, incidents: Sequence[Incident]) -> None:
        """See IncidentStore."""
        await self._write(lambda connection: self._save(connection, incidents))

    async def _read_incident_entries(self, after: tuple[str, str, int]) -> list[IncidentEntry]:
        parameters = {
            "organization_id": after[0],
            "incident_id": after[1],
            "version": after[2],
            "limit": _ENTRIES_PER_CHUNK,
        }

        def read(connection: Connection) -> list[IncidentEntry]:
            return [_to_entry(row) for row in connection.execute(self._sql["list_incident_entries_after"], parameters)]

        return await self._read_long(read)

    def _save(self, connection: Connection, incidents: Sequence[Incident]) -> None:
        """A removed incident loses its rows."""
        kept = [one for one in incidents if not one.is_removed]
        removed = [(one.organization_id, one.incident_id) for one in incidents if one.is_removed]
        if removed:
            connection.execute(self._sql["delete_incidents"], {"keys": rows.to_json(removed)})
        if not kept:
            return
        saved = connection.execute(self._sql["save_incidents"], {"rows": rows.to_json(map(_from_incident, kept))}).rowcount
        if saved != len(kept):
            raise Conflict("incident_moved_on", "An incident has changed meanwhile; load it and decide again.")
        keys = rows.to_json((one.organization_id, one.incident_id) for one in kept)
        connection.execute(self._sql["delete_incident_aliases"], {"keys": keys})
        names = (
            (one.organization_id, rows.storable(alias.scope), rows.storable(alias.key), one.incident_id)
            for one in kept
            for alias in one.identities
        )
        connection.execute(self._sql["save_incident_aliases"], {"rows": rows.to_json(names)})


def _from_incident(incident: Incident) -> rows.Row:
    return (
        incident.organization_id,
        incident.incident_id,
        incident.version,
        to_microseconds(incident.started_at),
        rows.optional_us(incident.ended_at),
        rows.to_document(incident),
    )


def _from_entry(entry: IncidentEntry) -> rows.Row:
    return (
        entry.organization_id,
        entry.incident_id,
        entry.version,
        entry.receipt_id,
        entry.item,
        to_microseconds(entry.accepted_at),
        to_microseconds(entry.recorded_at),
        rows.to_document(entry.submission),
    )


def _to_entry(row: rows.Row) -> IncidentEntry:
    organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission = row
    return IncidentEntry(
        organization_id=organization_id,
        incident_id=incident_id,
        version=version,
        receipt_id=receipt_id,
        item=item,
        accepted_at=from_microseconds(accepted_us),
        recorded_at=from_microseconds(recorded_us),
        submission=_decode_submission(submission),
    )


def _key_of(entry: IncidentEntry) -> tuple[str, str]:
    return entry.organization_id, entry.incident_id
