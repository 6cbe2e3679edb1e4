"""Records of any aggregate, and their entries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.errors import DamagedRecord
from shipledger.found import Found, whole
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.bounds import until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.fencing import SqlFencing
from shipledger.store.projecting import Cause, Change
from shipledger.store.projections.subscribers import SqlProjecting
from shipledger.store.records.histories import ENTRIES_PER_CHUNK, Place, walk_histories
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call
from shipledger.store.templates import named

RECORDS_AT_ONCE = 200
ENTRIES_AT_ONCE = 5_000
"""Of several records."""


class SqlRecords(SqlProjecting, SqlFencing):
    """See RecordStore."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[Any]:
        key = rows.storable(subject_id)
        found = await self._fetch(named("list_{kind}_entries", kind), organization_id=organization_id, subject_id=key)
        return whole(read_each(codec_of(self.aggregates[kind]).to_entry, found))

    async def read_histories(self, kind: str) -> AsyncIterator[Found[Any]]:
        """See RecordStore. Read in chunks, so what is written meanwhile may or may not be seen."""
        statement = named("list_{kind}_entries_after", kind)

        async def read(after: Place) -> Sequence[rows.Row]:
            organization_id, subject_id, version = after
            place = {"organization_id": organization_id, "subject_id": subject_id, "version": version}
            chunk: Sequence[rows.Row] = await self._fetch_long(statement, **place, limit=ENTRIES_PER_CHUNK)
            return chunk

        aggregate = self.aggregates[kind]
        async for history in walk_histories(read, codec_of(aggregate).to_entry, aggregate.keeping.entries):
            yield history

    async def list_ids_as_of(
        self, kind: str, organization_id: str, as_of: datetime | None, *, before_id: str, limit: int
    ) -> list[str]:
        found = await self._fetch_long(
            named("list_{kind}_ids_as_of", kind),
            organization_id=organization_id,
            before_id=rows.storable(before_id) or AFTER_ALL_IDS,
            as_of_us=until_bound(as_of),
            limit=limit,
        )
        return [row[0] for row in found]

    async def find_kinds(self, organization_id: str, ids: Sequence[str]) -> dict[str, str]:
        def find() -> Steps[dict[str, str]]:
            kinds: dict[str, str] = {}
            for kind in self.aggregates.kinds:
                rest = [rows.storable(one) for one in ids if one not in kinds]
                if not rest:
                    break
                found = yield call(named("list_recorded_{kind}s", kind), organization_id=organization_id, ids=rows.to_json(rest))
                kinds.update((row[0], kind) for row in found)
            return kinds

        return await self._read_steps(find()) if ids else {}

    async def read_entries_of(self, kind: str, organization_id: str, ids: Sequence[str]) -> Found[list[Any]]:
        """See RecordStore. One record may have very many entries; those of several are read in as many steps as they need."""
        to_entry = codec_of(self.aggregates[kind]).to_entry
        histories: list[list[Any]] = []
        damaged: list[DamagedRecord] = []
        for first in range(0, len(ids), RECORDS_AT_ONCE):
            wanted = rows.to_json(ids[first : first + RECORDS_AT_ONCE])
            statement = named("list_entries_of_{kind}s", kind)
            found = await self._fetch_long(statement, organization_id=organization_id, ids=wanted, limit=ENTRIES_AT_ONCE)
            if len(found) == ENTRIES_AT_ONCE and len(ids) > 1:  # some may be cut
                for one in ids[first : first + RECORDS_AT_ONCE]:
                    alone = await self.read_entries_of(kind, organization_id, [one])
                    histories += alone
                    damaged += alone.damaged
                continue
            if len(found) == ENTRIES_AT_ONCE:
                statement = named("list_{kind}_entries", kind)
                found = await self._fetch_long(statement, organization_id=organization_id, subject_id=rows.storable(ids[0]))
            for _, own in groupby(found, key=itemgetter(1)):
                history = read_each(to_entry, own)
                damaged += history.damaged
                if not history.damaged:
                    histories.append(list(history))
        return Found(histories, damaged)

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Any]:
        wanted = [(organization_id, *rows.from_alias(alias)) for organization_id, alias in names]
        text = await self._fetch(named("load_{kind}s", kind), lookups=rows.to_json(wanted))
        return {names[place]: record for place, record in whole(codec_of(self.aggregates[kind]).decode_placed(text))}

    async def find_record(self, kind: str, organization_id: str, subject_id: str) -> Any:
        key = rows.storable(subject_id)
        found = await self._fetch(named("find_{kind}", kind), organization_id=organization_id, subject_id=key)
        return None if found is None else codec_of(self.aggregates[kind]).decode(found, (organization_id, subject_id))

    async def find_last_numbers(self, kind: str, organization_ids: Sequence[str]) -> dict[str, int]:
        def find() -> Steps[dict[str, int]]:
            numbers = {}
            for organization_id in organization_ids:
                number = yield call(named("find_last_{kind}_number", kind), organization_id=organization_id)
                if number is not None:
                    numbers[organization_id] = number
            return numbers

        return await self._read_steps(find())

    async def list_former_owners(self, kind: str) -> list[str]:
        return [row[0] for row in await self._fetch(named("list_former_{kind}_owners", kind))]

    async def save_records(self, records: Sequence[Any]) -> None:
        save = self._tell(Change(Cause.REBUILD, records=tuple(records)))

        def write() -> Steps[None]:
            yield from self._hold_rebuild()
            yield from save

        await self._write_steps_long(write())
