"""Seals, and entries in the order of their settlement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.found import Found
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.chain import EntrySeal, SealedEntry
from shipledger.ledger.digest import digest_entry
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.row_reading import read_each, reads
from shipledger.store.seals.contract import PlacedEntry
from shipledger.store.session import Session
from shipledger.store.templates import named

_ERASED = '{"type":"erased"'

_decode_covered = msgspec.json.Decoder(dict[str, int]).decode
_decode_entries = msgspec.json.Decoder(tuple[SealedEntry, ...]).decode


class SqlSeals(Session):
    """See SealStore."""

    async def find_last_position(self, organization_id: str, kind: str) -> int:
        return await self._fetch(named("find_last_{kind}_position", kind), organization_id=organization_id) or 0

    async def list_placed_entries(
        self, organization_id: str, kind: str, *, after: int, until: int, limit: int
    ) -> Found[PlacedEntry]:
        found = await self._fetch_long(
            named("list_placed_{kind}_entries", kind), organization_id=organization_id, after=after, until=until, limit=limit
        )
        aggregate = self.aggregates[kind]
        place = reads(aggregate.keeping.entries, "ittitiiitt", 1, 2, 3)(partial(_place, aggregate))
        return read_each(place, found)

    async def count_entries_after(self, organization_id: str, places: Mapping[str, int]) -> int:
        counts = [
            await self._fetch_long(named("count_{kind}_entries_after", kind), organization_id=organization_id, after=after)
            for kind, after in places.items()
        ]
        return sum(counts)

    async def append_seal(self, seal: EntrySeal) -> None:
        await self._execute(
            "append_seal",
            organization_id=seal.organization_id,
            number=seal.number,
            previous=seal.previous,
            sealed_us=to_microseconds(seal.sealed_at),
            covered=rows.to_document(seal.covered),
            entries=rows.to_document(seal.entries),
            hash=seal.hash,
        )

    async def find_last_seal(self, organization_id: str) -> EntrySeal | None:
        row = await self._fetch("find_last_seal", organization_id=organization_id)
        return None if row is None else to_seal(row)

    async def find_newest_seal(self) -> datetime | None:
        return rows.optional_time(await self._fetch("find_newest_seal"))

    async def list_seals(self, organization_id: str, *, after: int, limit: int) -> Found[EntrySeal]:
        found = await self._fetch_long("list_seals", organization_id=organization_id, after=after, limit=limit)
        return read_each(to_seal, found)


def _place(aggregate: Aggregate, row: rows.Row) -> PlacedEntry:
    position, *columns, digest = row
    subject_id, version, submission = columns[1], columns[2], columns[7]
    codec_of(aggregate).decode_submission(submission)
    content = rows.describe_entry_row(aggregate.kind, columns)
    is_erased = submission.startswith(_ERASED)
    if not is_erased or digest is None:
        digest = digest_entry(content)
    entry = SealedEntry(kind=aggregate.kind, position=position, subject_id=subject_id, version=version, digest=digest)
    return PlacedEntry(entry=entry, content=rows.to_document(content), is_erased=is_erased)


@reads("entry_seal", "titittt", 0, 1)
def to_seal(row: rows.Row) -> EntrySeal:
    """A seal."""
    organization_id, number, previous, sealed_us, covered, entries, seal_hash = row
    return EntrySeal(
        organization_id=organization_id,
        number=number,
        previous=previous,
        sealed_at=from_microseconds(sealed_us),
        covered=_decode_covered(covered),
        entries=_decode_entries(entries),
        hash=seal_hash,
    )
