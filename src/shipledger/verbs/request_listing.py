"""Requests as they are looked for: those that were accepted and those that were refused, in one list, newest first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.refused import RefusedFilter, RefusedRecord
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord
from shipledger.verbs.browsing import ReceiptBrowsing
from shipledger.verbs.receipt_search import FoundReceipts, Looked, search_receipts
from shipledger.verbs.refused import RefusedBrowsing

REFUSED_READ = 1_000
"""Among so many refused requests is a text looked for."""


class RequestOutcome(StrEnum):
    """Which requests are wanted."""

    ALL = "all"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RequestFilter(Struct, frozen=True):
    """Requests to list. ``state`` is of accepted ones, ``status`` (0 for any) of refused ones: either leaves the others out.

    ``text``: what is in one. ``before_id`` continues after a request. Bounds of time are inclusive.
    """

    outcome: RequestOutcome = RequestOutcome.ALL
    state: ReceiptState | None = None
    status: int = 0
    protocol: str = ""
    credential_id: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before_id: str = ""
    limit: int = 50


RequestRecord: TypeAlias = ReceiptRecord | RefusedRecord


class FoundRequests(Struct, frozen=True):
    """``before_id``: where to look on; "" at the end. ``looked_at``: how many accepted ones were searched, or 0."""

    records: tuple[RequestRecord, ...]
    looked_at: int
    before_id: str
    damaged: tuple[DamagedRecord, ...] = ()


class RequestBrowsing(ReceiptBrowsing, RefusedBrowsing, Protocol):
    """Both kinds of requests."""


def id_of(record: RequestRecord) -> str:
    """The id of a request, which is its place in the list."""
    return record.refused.refused_id if isinstance(record, RefusedRecord) else record.receipt.receipt_id


async def list_requests(ledger: RequestBrowsing, organization_id: str, wanted: RequestFilter) -> FoundRequests:
    """A page of requests."""
    accepted = FoundReceipts((), 0, "")
    refused: Found[RefusedRecord] = Found()
    if wanted.outcome is not RequestOutcome.REFUSED and not wanted.status:
        accepted = await _list_accepted(ledger, organization_id, wanted)
    if wanted.outcome is not RequestOutcome.ACCEPTED and wanted.state is None:
        refused = await _list_refused(ledger, organization_id, wanted)
    # Behind where the search of accepted ones has stopped, there may be more of them between two refused ones.
    rows: list[RequestRecord] = [*accepted.records, *(one for one in refused if id_of(one) >= accepted.before_id)]
    rows.sort(key=id_of, reverse=True)
    shown = rows[: wanted.limit]
    before_id = id_of(shown[-1]) if len(rows) > wanted.limit else accepted.before_id
    return FoundRequests(tuple(shown), accepted.looked_at, before_id, (*accepted.damaged, *refused.damaged))


async def _list_accepted(ledger: RequestBrowsing, organization_id: str, wanted: RequestFilter) -> FoundReceipts:
    asked = ReceiptFilter(
        state=wanted.state,
        accepted_from=wanted.since,
        accepted_until=wanted.until,
        before_id=wanted.before_id,
        limit=wanted.limit,
    )
    if wanted.text or wanted.protocol or wanted.credential_id:
        looked = Looked(wanted.text, protocol=wanted.protocol, credential_id=wanted.credential_id)
        return await search_receipts(ledger, organization_id, asked, looked)
    found = await ledger.list_receipts(organization_id, replace(asked, limit=wanted.limit + 1))
    are_too_few = found.total > wanted.limit >= len(found) > 0  # the one more cannot be read, or another
    return FoundReceipts(tuple(found), 0, found[-1].receipt.receipt_id if are_too_few else "", found.damaged)


async def _list_refused(ledger: RequestBrowsing, organization_id: str, wanted: RequestFilter) -> Found[RefusedRecord]:
    """One more than a page, which tells that there are more."""
    asked = RefusedFilter(
        status=wanted.status,
        protocol=wanted.protocol,
        credential_id=wanted.credential_id,
        refused_from=wanted.since,
        refused_until=wanted.until,
        before_id=wanted.before_id,
        limit=max(REFUSED_READ, wanted.limit + 1) if wanted.text else wanted.limit + 1,
    )
    found = await ledger.list_refused(organization_id, asked)
    plain = wanted.text.casefold()
    holding = [one for one in found if any(plain in text.casefold() for text in _texts_of(one))]
    return Found(holding[: wanted.limit + 1], found.damaged)


def _texts_of(record: RefusedRecord) -> tuple[str, ...]:
    one = record.refused
    return (one.refused_id, one.path, one.code, one.sentence, one.address, str(one.status))
