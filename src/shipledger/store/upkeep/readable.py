"""Every row of what is recorded and shown is read, to find those that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from shipledger.errors import DamagedRecord
from shipledger.ledger.aggregate import Aggregate, Aggregates, Subtable
from shipledger.reasons import Explained
from shipledger.store import rows
from shipledger.store.checked_rows import checks
from shipledger.store.codecs import codec_of
from shipledger.store.commits.verbs import to_pack
from shipledger.store.environments.policies import to_owned_policy
from shipledger.store.issues.rows import to_issue, to_issue_site
from shipledger.store.outbox import rows as outbox_rows
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.refused.verbs import to_refused
from shipledger.store.row_reading import Row, reads
from shipledger.store.seals.verbs import to_seal
from shipledger.store.templates import named
from shipledger.store.undecodable import find_undecodable
from shipledger.store.upkeep.contract import Difference


class Readable(NamedTuple):
    """A table, the statement that reads it, and what reads a row of it and raises DamagedRecord."""

    name: str
    statement: str
    read: Callable[[Row], Any]


_READABLE: tuple[Readable, ...] = (
    Readable("organization", "list_organizations", rows.to_organization),
    Readable("credential", "read_credentials", rows.to_credential),
    Readable("service", "read_service_columns", rows.to_service),
    Readable("organization", "check_organizations", checks("organization")),
    Readable("credential", "check_credentials", checks("credential")),
    Readable("receipt", "read_receipts", receipt_rows.to_checked_receipt),
    Readable("verdict", "read_verdicts", receipt_rows.check_verdict),
    Readable("tier_policy", "list_tier_policies", to_owned_policy),
    Readable("issue_site", "list_issue_sites", to_issue_site),
    Readable("issue", "read_issues", to_issue),
    Readable("git_pack", "read_packs", to_pack),
    Readable("entry_seal", "read_seals", to_seal),
    Readable("outbox_target", "read_outbox_targets", outbox_rows.to_target),
    Readable("outbox_message", "read_outbox_messages", outbox_rows.to_message),
    Readable("outbox_attempt", "read_outbox_attempts", outbox_rows.to_attempt),
    Readable("refused_request", "read_refused_requests", to_refused),
)


def list_readable(aggregates: Aggregates) -> tuple[Readable, ...]:
    """Every table to read, with those of the aggregates."""
    return (*_READABLE, *(one for aggregate in aggregates for one in _list_own(aggregate)))


def _list_own(aggregate: Aggregate) -> list[Readable]:
    kind, keeping, codec = aggregate.kind, aggregate.keeping, codec_of(aggregate)
    entries = Readable(keeping.entries, named("read_{kind}_entries", kind), codec.to_entry)
    if not keeping.is_plain:
        return [entries, Readable(keeping.table, named("read_{kind}s", kind), lambda row: codec.decode(row[2], row[:2]))]
    shown = Readable(keeping.table, named("read_{kind}_rows", kind), _checker_of_columns(aggregate))
    parts = [Readable(part.table, named("read_{part}_rows", part.table), _reader_of(part)) for part in keeping.parts]
    made = [Readable(part.table, named("check_{part}_rows", part.table), _checker_of(part, aggregate)) for part in keeping.parts]
    return [entries, shown, *parts, *made]


def _checker_of_columns(aggregate: Aggregate) -> Callable[[Row], None]:
    """What reads a record with its columns, and finds that these are not what its document makes of them."""
    keeping, codec = aggregate.keeping, codec_of(aggregate)

    @reads(keeping.table, "tti", 0, 1)
    def check(row: Row) -> None:
        organization_id, subject_id, version, *columns, document = row
        record = codec.decode(document, (organization_id, subject_id))
        if find_undecodable([columns]) is not None:
            raise UnicodeError
        if (version, *columns) != (record.version, *map(rows.to_storable, keeping.to_columns(record))):
            raise Explained("its columns are not those of its record")

    return check


def _checker_of(part: Subtable, aggregate: Aggregate) -> Callable[[Row], None]:
    """What finds that the rows of a record are not those that its document makes."""
    codec = codec_of(aggregate)

    @reads(part.table, "tt?", 0, 1)
    def check(row: Row) -> None:
        organization_id, subject_id, document, own = row
        try:
            record = codec.decode(document, (organization_id, subject_id))
        except DamagedRecord:  # told with the record
            return
        made = sorted(msgspec.json.encode([*map(rows.to_storable, one)]) for one in part.to_rows(record))
        if sorted(map(msgspec.json.encode, msgspec.json.decode(own or "[]"))) != made:
            raise Explained("the rows are not those of its record")

    return check


def _reader_of(part: Subtable) -> Callable[[Row], Any]:
    kinds = "".join("t" if column.type == "text" else "i" for column in part.columns)
    return reads(part.table, f"tt{kinds}", 0, 1, 2)(lambda row: row)


def find_unreadable(table: Readable, row: Row) -> Difference | None:
    """What is wrong with a row, or None."""
    try:
        table.read(row)
    except DamagedRecord as error:
        return Difference(
            organization_id=error.organization_id,
            table=table.name,
            key=error.key,
            sentence=f"This row is damaged: {error.reason}.",
        )
    return None
