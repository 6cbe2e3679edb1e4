"""Requests that were refused. See RefusedStore."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shipledger.access.refused import (
    ADDRESSES_LIMIT,
    OTHERS,
    RefusedFilter,
    RefusedRecord,
    RefusedRequest,
    UnknownSender,
)
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.found import Found
from shipledger.store import rows
from shipledger.store.bounds import from_bound, until_bound
from shipledger.store.row_reading import Row, read_each, reads
from shipledger.store.session import Session, Steps, call


class SqlRefused(Session):
    """What was answered to those who were refused."""

    async def save_refused(self, organization_id: str, refused: Sequence[RefusedRequest], *, keep: int) -> None:
        def save() -> Steps[None]:
            yield call("append_refused", organization_id=organization_id, rows=rows.to_json(map(_from_refused, refused)))
            yield call("trim_refused", organization_id=organization_id, keep=keep)

        await self._write_steps(save())

    async def find_refused(self, organization_id: str, refused_id: str) -> RefusedRecord | None:
        row = await self._fetch("find_refused", organization_id=organization_id, refused_id=rows.storable(refused_id))
        return None if row is None else to_refused(row)

    async def list_refused(self, organization_id: str, wanted: RefusedFilter) -> Found[RefusedRecord]:
        found = await self._fetch(
            "list_refused",
            organization_id=organization_id,
            status=wanted.status,
            protocol=rows.storable(wanted.protocol),
            credential_id=rows.storable(wanted.credential_id),
            from_us=from_bound(wanted.refused_from),
            until_us=until_bound(wanted.refused_until),
            before_id=rows.storable(wanted.before_id),
            limit=wanted.limit,
        )
        return read_each(to_refused, found)

    async def count_old_refused(self, organization_id: str, *, until: datetime, limit: int) -> int:
        until_us = to_microseconds(until)
        count: int = await self._fetch("count_old_refused", organization_id=organization_id, until_us=until_us, limit=limit)
        return count

    async def forget_refused(self, organization_id: str, *, until: datetime) -> int:
        count: int = await self._execute("forget_refused", organization_id=organization_id, until_us=to_microseconds(until))
        return count

    async def save_unknown_senders(self, senders: Sequence[UnknownSender], *, keep: int = ADDRESSES_LIMIT) -> None:
        def save() -> Steps[None]:
            # In one order on every node, so that none waits for another that waits for it.
            for one in sorted(senders, key=lambda sender: sender.address):
                yield call("count_unknown_sender", **_from_sender(one))
            overflowing = yield call("list_overflowing_senders", keep=keep)
            for row in overflowing:
                address, requests, *rest = row
                if (yield call("forget_unknown_sender", address=address)):
                    others = _from_sender(_to_sender((OTHERS, requests, *rest)))
                    yield call("count_unknown_sender", **others)

        await self._write_steps(save())

    async def list_unknown_senders(self) -> Found[UnknownSender]:
        return read_each(_to_sender, await self._fetch("list_unknown_senders"))

    async def forget_unknown_senders(self, *, until: datetime) -> int:
        count: int = await self._execute("forget_unknown_senders", until_us=to_microseconds(until))
        return count


def _from_refused(one: RefusedRequest) -> Row:
    before, after = (one.protocol, one.method, one.path), (one.code, one.sentence, one.credential_id, one.address)
    at_us = to_microseconds(one.refused_at)
    return (one.refused_id, at_us, *map(rows.storable, before), one.status, *map(rows.storable, after), one.size_bytes)


@reads("refused_request", "ttitttittttIt", 0, 1)
def to_refused(row: Row) -> RefusedRecord:
    """A refused request, with the name of its credential behind it."""
    organization_id, refused_id, refused_us, *rest, size_bytes, credential_name = row
    protocol, method, path, status, code, sentence, credential_id, address = rest
    refused = RefusedRequest(
        organization_id=organization_id,
        refused_id=refused_id,
        refused_at=from_microseconds(refused_us),
        protocol=protocol,
        method=method,
        path=path,
        status=status,
        code=code,
        sentence=sentence,
        credential_id=credential_id,
        address=address,
        size_bytes=size_bytes,
    )
    return RefusedRecord(refused, credential_name)


def _from_sender(one: UnknownSender) -> dict[str, Any]:
    return {
        "address": rows.storable(one.address),
        "requests": one.requests,
        "first_us": to_microseconds(one.first_at),
        "last_us": to_microseconds(one.last_at),
        "protocol": one.protocol,
        "method": rows.storable(one.method),
        "path": rows.storable(one.path),
        "status": one.status,
        "sentence": rows.storable(one.sentence),
    }


@reads("unknown_sender", "tiiitttit", 0)
def _to_sender(row: Row) -> UnknownSender:
    address, requests, first_us, last_us, protocol, method, path, status, sentence = row
    return UnknownSender(
        address=address,
        requests=requests,
        first_at=from_microseconds(first_us),
        last_at=from_microseconds(last_us),
        protocol=protocol,
        method=method,
        path=path,
        status=status,
        sentence=sentence,
    )
