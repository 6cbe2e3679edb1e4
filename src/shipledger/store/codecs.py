"""Entries and records of any aggregate to rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, Union

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.found import Found
from shipledger.ledger.actor import parse_actor
from shipledger.ledger.aggregate import Aggregate, RecordEntry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.store import rows
from shipledger.store.row_reading import read_document, read_documents, reads


class Codec:
    """The forms in which one aggregate is kept."""

    def __init__(self, aggregate: Aggregate) -> None:
        self._make_entry = aggregate.make_entry or partial(RecordEntry, aggregate.kind)
        self._keeping = aggregate.keeping
        submission: Any = Union[(*aggregate.submissions, Erased, Erase)]
        state: Any = aggregate.state
        self.decode_submission = msgspec.json.Decoder(submission).decode
        self._decode: Any = msgspec.json.Decoder(state).decode
        self._decode_all: Any = msgspec.json.Decoder(list[state]).decode
        self._decode_placed: Any = msgspec.json.Decoder(tuple[int, state]).decode
        self._decode_all_placed: Any = msgspec.json.Decoder(list[tuple[int, state]]).decode
        self.to_entry = reads(self._keeping.entries, "ttitiiitt", 0, 1, 2)(self._to_entry)

    def from_entry(self, entry: Any) -> rows.Row:
        """The row of an entry."""
        return (
            entry.organization_id,
            entry.subject_id,
            entry.version,
            entry.receipt_id,
            entry.item,
            to_microseconds(entry.accepted_at),
            to_microseconds(entry.recorded_at),
            rows.to_document(entry.submission),
            rows.from_actor(entry.actor),
        )

    def from_record(self, record: Any) -> rows.Row:
        """The row of a record of a plain aggregate."""
        own = map(rows.to_storable, self._keeping.to_columns(record))
        return (record.organization_id, record.subject_id, record.version, *own, rows.to_document(record))

    def decode(self, text: str | bytes, key: Sequence[str] = ()) -> Any:
        """A record. ``key``: organization and id, where they are known. Raises DamagedRecord."""
        return read_document(text, one=self._decode, table=self._keeping.table, key=key)

    def decode_all(self, text: str | bytes | None) -> Found[Any]:
        """Records, as far as they can be read."""
        return read_documents(text, all_at_once=self._decode_all, one=self._decode, table=self._keeping.table)

    def decode_placed(self, text: str | bytes | None) -> Found[tuple[int, Any]]:
        """Records with their places among what was asked, as far as they can be read."""
        return read_documents(text, all_at_once=self._decode_all_placed, one=self._decode_placed, table=self._keeping.table)

    def _to_entry(self, row: rows.Row) -> Any:
        organization_id, subject_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor = row
        return self._make_entry(
            organization_id,
            subject_id,
            version,
            receipt_id,
            item,
            from_microseconds(accepted_us),
            from_microseconds(recorded_us),
            self.decode_submission(submission),
            parse_actor(actor),
        )


@cache
def codec_of(aggregate: Aggregate) -> Codec:
    """The codec of an aggregate, made once."""
    return Codec(aggregate)
