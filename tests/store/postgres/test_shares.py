"""How the places of a pool are shared: no database is needed for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shipledger.errors import Unavailable
from shipledger.store.acting import act_for
from shipledger.store.postgres import shares as module
from shipledger.store.postgres import standing
from shipledger.store.postgres.ownership import ALL, INSTALLATION, party_of
from shipledger.store.postgres.shares import Place, Shares
from shipledger.store.session import call
from tests.store.postgres.test_organizations import CLAIMS, DUTIES

SIZE, SHARE = 6, 2
SHORT = 0.05
LONG = 5.0


class Proof:
    """What the database answers when it is asked whether it does."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.seconds = 0.0

    async def __call__(self) -> None:
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error


@pytest.fixture
def proof() -> Proof:
    return Proof()


@pytest.fixture
def shares(proof: Proof, monkeypatch: pytest.MonkeyPatch) -> Shares:
    monkeypatch.setattr(module, "LATE_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "PROOF_SECONDS", 0.02)
    monkeypatch.setattr(standing, "FIRST_PAUSE_SECONDS", 0.1)
    return Shares(SIZE, proof=proof)


async def take(shares: Shares, *parties: str) -> list[Place]:
    return [await shares.take(party, within_seconds=LONG) for party in parties]


@asynccontextmanager
async def ending(shares: Shares, places: list[Place]) -> AsyncIterator[list[str]]:
    """The parties whose places are yielded, as if their connections were closed."""
    ended: list[str] = []
    for place in places:

        def give_up(place: Place = place) -> None:
            ended.append(place.party)
            asyncio.get_running_loop().call_soon(lambda: shares.give_back(place, has_answered=False))

        place.give_up = give_up
    yield ended


async def test_who_has_its_share_waits_for_a_while_and_is_refused_while_others_go_on(shares: Shares) -> None:
    await take(shares, "a", "a")
    with pytest.raises(Unavailable, match="this organization has too many statements running"):
        await shares.take("a", within_seconds=SHORT)
    await take(shares, "b", "b", INSTALLATION, INSTALLATION)


async def test_who_waits_goes_on_when_a_place_of_its_share_is_free(shares: Shares) -> None:
    first, _ = await take(shares, "a", "a")
    waiting = asyncio.create_task(shares.take("a", within_seconds=LONG))
    await asyncio.sleep(0)
    shares.give_back(first, has_answered=True)
    assert (await waiting).party == "a"


async def test_a_free_place_is_for_who_holds_least(shares: Shares) -> None:
    places = await take(shares, "a", "b", "c", "c", "d", "d")
    greedy = asyncio.create_task(shares.take("a", within_seconds=LONG))
    await asyncio.sleep(0)
    modest = asyncio.create_task(shares.take("e", within_seconds=LONG))
    await asyncio.sleep(0)
    shares.give_back(places[-1], has_answered=True)
    assert (await modest).party == "e"
    assert not greedy.done()
    greedy.cancel()


async def test_who_did_not_answer_is_refused_at_once_and_tried_by_one_after_a_pause(shares: Shares) -> None:
    (place,) = await take(shares, "a")
    shares.give_back(place, has_answered=False)
    assert shares.silent == {"a"}
    with pytest.raises(Unavailable) as refused:
        await shares.take("a", within_seconds=LONG)
    assert refused.value.retry_after_seconds >= 1
    await asyncio.sleep(standing.FIRST_PAUSE_SECONDS)
    (trial,) = await take(shares, "a")
    with pytest.raises(Unavailable):
        await shares.take("a", within_seconds=LONG)
    shares.give_back(trial, has_answered=True)
    assert not shares.silent
    await take(shares, "a", "a")


async def test_when_one_answers_again_all_may_be_tried(shares: Shares) -> None:
    places = await take(shares, "a", "b")
    shares.give_back(places[0], has_answered=False)
    await asyncio.sleep(standing.FIRST_PAUSE_SECONDS)
    shares.give_back(places[1], has_answered=False)
    shares.give_back((await take(shares, "a"))[0], has_answered=True)
    await take(shares, "b")


async def test_those_who_wait_for_what_falls_silent_hear_so_at_once(shares: Shares) -> None:
    first, _ = await take(shares, "a", "a")
    waiting = asyncio.create_task(shares.take("a", within_seconds=LONG))
    await asyncio.sleep(0)
    shares.give_back(first, has_answered=False)
    with pytest.raises(Unavailable, match="does not answer"):
        await waiting


async def test_the_installation_is_never_taken_for_silent(shares: Shares) -> None:
    (place,) = await take(shares, INSTALLATION)
    shares.give_back(place, has_answered=False)
    await take(shares, INSTALLATION)


async def test_when_all_places_hang_those_held_longest_are_yielded_to_who_waits(shares: Shares) -> None:
    places = await take(shares, "a", "a", "b", "b", "c", "c")
    async with ending(shares, places) as ended:
        assert (await shares.take("d", within_seconds=LONG)).party == "d"
    assert ended == ["a"]


@pytest.mark.parametrize("error, seconds", [(Unavailable("away", "away"), 0.0), (None, 0.1)])
async def test_nothing_is_yielded_where_the_database_itself_is_slow(
    shares: Shares, proof: Proof, error: Exception | None, seconds: float
) -> None:
    proof.error, proof.seconds = error, seconds
    places = await take(shares, "a", "a", "b", "b", "c", "c")
    async with ending(shares, places) as ended:
        with pytest.raises(Unavailable, match="no database connection became free"):
            await shares.take("d", within_seconds=0.3)
    assert ended == []


async def test_who_may_take_long_yields_nothing(shares: Shares) -> None:
    places = [await shares.take(party, within_seconds=LONG, may_be_late=True) for party in "aabbcc"]
    async with ending(shares, places) as ended:
        with pytest.raises(Unavailable):
            await shares.take("d", within_seconds=0.3)
    assert ended == []


async def test_who_gives_up_waiting_leaves_its_turn_to_others(shares: Shares) -> None:
    places = await take(shares, "a", "a", "b", "b", "c", "c")
    waiting = asyncio.create_task(shares.take("d", within_seconds=LONG))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    shares.give_back(places[0], has_answered=True)
    await take(shares, "e")


async def test_statements_are_counted_to_whom_they_name_or_are_made_for() -> None:
    assert party_of(call("find_settlement", organization_id="a", receipt_id="1")) == "a"
    assert party_of(call("find_credential_by_hash", secret_hash=b"")) == INSTALLATION
    assert {party_of(call(name)) for name in CLAIMS | DUTIES if not name.startswith("release_silent")} == {ALL}

    async def work() -> str:
        act_for("b")
        return party_of(call("settle_receipts", keys="[]", settled_us=0))

    assert await asyncio.create_task(work()) == "b"
    assert party_of(call("settle_receipts", keys="[]", settled_us=0)) == INSTALLATION
