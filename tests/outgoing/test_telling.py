"""Who tells another system something learns how it was taken, whatever else the answer is."""

from __future__ import annotations

import pytest

from shipledger.errors import Unavailable
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from tests.support.fickle_target import fickle_target


@pytest.fixture
async def target():
    async with fickle_target() as running:
        yield running


@pytest.fixture
async def caller():
    made = Caller(read_networks("127.0.0.0/8, ::1"))
    yield made
    await made.close()


async def tell(caller, target, **bounds):
    return await caller.tell(target.url, headers={"X": "y"}, body=b"{}", **({"limit_bytes": 10} | bounds))


@pytest.mark.parametrize("way, body", [("huge", b"x" * 10), ("short", b"taken"), ("drip", b"taken"), (301, b""), (500, b"")])
async def test_the_status_counts_and_the_body_is_cut(target, caller, way, body):
    target.ways, target.headers = [way], {"Location": target.url}
    answer = await tell(caller, target)
    assert (answer.status, answer.body) == (way if isinstance(way, int) else 200, body)
    assert [(call.raw, call.headers["x"]) for call in target.got] == [(b"{}", "y")]


@pytest.mark.parametrize("way", ["reset", "garbage"])
async def test_what_is_no_answer_is_said_so(target, caller, way):
    target.ways = [way]
    with pytest.raises(Unavailable, match="localhost cannot be reached"):
        await tell(caller, target)


async def test_who_does_not_answer_is_not_waited_for(target, caller):
    target.ways = ["hang"]
    with pytest.raises(Unavailable, match=r"localhost did not answer within 0.2 seconds"):
        await tell(caller, target, within_seconds=0.2)
