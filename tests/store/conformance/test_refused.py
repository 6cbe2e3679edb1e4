"""Requests that were refused, and who is unknown, in every store."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.access.refused import OTHERS, RefusedFilter, RefusedRequest, UnknownSender
from tests.support.factories import ACME, RIVAL, make_credential, make_id, moment


def refused(number, credential, **changes):
    one = RefusedRequest(
        organization_id=ACME,
        refused_id=make_id(number),
        refused_at=moment(number),
        protocol="native",
        method="POST",
        path="/ledger/v1/deployments",
        status=422,
        code="Unprocessable Content",
        sentence="state must be one of these \N{SNOWMAN}\0\ud800",
        credential_id=credential.credential_id,
        address="192.0.2.1",
        size_bytes=12,
    )
    return replace(one, **changes)


def sender(address, number, requests=1, **changes):
    one = UnknownSender(address, requests, moment(number), moment(number), "native", "GET", "/ledger/v1/gates", 401, "No.")
    return replace(one, **changes)


async def test_refused_requests_are_listed_by_filters_and_only_the_newest_are_kept(store):
    mine, other = make_credential(71), make_credential(72)
    await store.create_credential(mine, other)
    made = [
        refused(1, mine),
        refused(2, mine, status=429, size_bytes=None),
        refused(3, other, protocol="jira"),
        refused(4, mine),
    ]
    await store.save_refused(ACME, made[:2], keep=3)
    await store.save_refused(ACME, made[1:], keep=3)

    async def ids(**wanted):
        return [one.refused.refused_id for one in await store.list_refused(ACME, RefusedFilter(**wanted))]

    assert await ids() == [make_id(4), make_id(3), make_id(2)], "the oldest has gone, and none is there twice"
    assert await ids(status=429) == [make_id(2)]
    assert await ids(protocol="jira") == await ids(credential_id=other.credential_id) == [make_id(3)]
    assert await ids(before_id=make_id(4), limit=1) == [make_id(3)]
    assert await ids(refused_from=moment(3), refused_until=moment(3)) == [make_id(3)]
    assert await store.list_refused(RIVAL, RefusedFilter()) == []
    found = await store.find_refused(ACME, make_id(4))
    assert found.refused == replace(made[3], sentence="state must be one of these \N{SNOWMAN}\ufffd\ufffd")
    assert (found.credential_name, await store.find_refused(RIVAL, make_id(4))) == (mine.name, None)


async def test_refused_requests_go_with_their_time_and_with_their_credential(store):
    mine, other = make_credential(71), make_credential(72)
    await store.create_credential(mine, other)
    await store.save_refused(ACME, [refused(1, mine), refused(2, mine), refused(3, other), refused(4, other)], keep=9)
    assert await store.count_old_refused(ACME, until=moment(1), limit=9) == 1
    assert await store.forget_refused(ACME, until=moment(1)) == 1
    assert await store.forget_refused_of(ACME, mine.credential_id) == 1
    await store.delete_credential(ACME, other.credential_id, reason="", now=moment(9))
    await store.save_refused(ACME, [refused(5, other)], keep=9)
    assert await store.list_refused(ACME, RefusedFilter()) == []


async def test_unknown_senders_are_counted_and_those_beyond_the_limit_together(store):
    await store.save_unknown_senders([sender("192.0.2.1", 1, 3), sender("192.0.2.2", 2), sender(OTHERS, 2, 5)], keep=2)
    await store.save_unknown_senders([sender("192.0.2.1", 3, 2, status=403), sender("192.0.2.3", 4)], keep=2)
    found = await store.list_unknown_senders()
    assert [(one.address, one.requests) for one in found] == [("192.0.2.3", 1), ("192.0.2.1", 5), (OTHERS, 6)]
    assert (found[1].first_at, found[1].last_at, found[1].status) == (moment(1), moment(3), 403)
    assert await store.forget_unknown_senders(until=moment(3)) == 2
    assert [one.address for one in await store.list_unknown_senders()] == ["192.0.2.3"]
