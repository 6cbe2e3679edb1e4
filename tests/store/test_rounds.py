import asyncio

import pytest

from shipledger.errors import Unavailable
from shipledger.store import rounds as module
from shipledger.store.rounds import Rounds
from tests.support.factories import make_organization


class Directory:
    async def list_organizations(self):
        return [make_organization(slug) for slug in ("a", "b", "c")]


async def test_one_that_is_out_of_reach_is_told_after_all_others_were_served():
    served = []

    async def serve(organization):
        if organization.slug == "b":
            raise Unavailable("away", "b is away")
        served.append(organization.slug)

    with pytest.raises(Unavailable, match="b is away"):
        await Rounds(Directory().list_organizations).run(serve)
    assert served == ["a", "c"]


async def test_one_that_hangs_is_left_behind_and_left_out_until_it_is_done(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(module, "END_SECONDS", 0.01)
    served, goes_on = [], asyncio.Event()

    async def serve(organization):
        served.append(organization.slug)
        if organization.slug == "b":
            await goes_on.wait()
            raise Unavailable("away", "b was away")

    rounds = Rounds(Directory().list_organizations)
    await rounds.run(serve)
    await rounds.run(serve)
    assert served == ["a", "b", "c", "a", "c"]
    goes_on.set()
    with pytest.raises(Unavailable, match="b was away"):
        await rounds.run(serve)


async def test_what_was_left_behind_ends_with_who_asked_for_it(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(module, "END_SECONDS", 0.01)
    ended = asyncio.Event()

    async def serve(organization):
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    rounds = Rounds(Directory().list_organizations)
    await asyncio.create_task(rounds.run(serve))
    await ended.wait()
