"""Entries are sealed in the order of their settlement, and a chain is checked over a real store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import product

import pytest

from shipledger.erasure.eraser import Eraser
from shipledger.errors import Conflict
from shipledger.ledger.state import State
from shipledger.sealing import sealer as module
from shipledger.sealing.checking import PAGE_SIZES, PageSizes, check_chains
from shipledger.sealing.sealer import Sealer
from tests.erasure.conftest import Ticking
from tests.support.factories import ACME, RIVAL, make_change, make_id, make_record, moment, write
from tests.support.in_time import in_time
from tests.support.stores import STORES


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    async with STORES[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
def sealer(store):
    return Sealer(store, Ticking())


async def seal_all(sealer, organization_id=ACME):
    return await in_time(sealer.seal(organization_id, until=await sealer.find_heads(organization_id)))


async def check(store, *expected, page_sizes=PAGE_SIZES):
    """The chain of ACME, and what is wrong."""
    findings = []
    checking = check_chains(
        store, report=lambda _, finding: findings.append(finding.name), expected=expected, page_sizes=page_sizes
    )
    chains = await in_time(checking)
    return next(one for one in chains if one.organization == ACME), findings


async def test_entries_are_sealed_in_the_order_of_their_settlement(store, sealer, monkeypatch):
    monkeypatch.setattr(module, "ENTRIES_A_SEAL", 2)
    for number in (5, 3, 9, 4, 2):
        await write(store, number, make_record(number))

    assert await seal_all(sealer) == 5

    seals = await store.list_seals(ACME, after=0, limit=9)
    listed = [entry.subject_id for seal in seals for entry in seal.entries]
    assert listed == [make_record(number).deployment_id for number in (5, 3, 9, 4, 2)]
    assert [len(seal.entries) for seal in seals] == [2, 2, 1]
    assert await store.find_last_seal(ACME) == seals[-1]
    assert await store.find_newest_seal() == seals[-1].sealed_at
    assert await seal_all(sealer) == 0
    chain, findings = await check(store, seals[0].hash, seals[-1].hash)
    assert findings == []
    assert (chain.seals, chain.entries, chain.unsealed, chain.head) == (3, 5, 0, seals[-1].hash)


async def test_a_look_seals_what_the_look_before_it_saw(store, sealer):
    await write(store, 2, make_record(2))
    await in_time(sealer.run())
    assert (await check(store))[0].unsealed == 1
    await write(store, 3, make_record(3))
    await in_time(sealer.run())
    assert (await check(store))[0].unsealed == 1
    await in_time(sealer.run())
    assert (await check(store))[0].unsealed == 0


async def test_a_late_entry_with_an_old_id_is_sealed_later_and_is_no_insertion(store, sealer):
    await write(store, 9, make_record(9))
    await seal_all(sealer)
    await write(store, 2, make_record(2))
    assert (await check(store)) == ((await check(store))[0], [])
    await seal_all(sealer)
    chain, findings = await check(store)
    assert (chain.entries, findings) == (2, [])


async def test_what_is_erased_before_or_after_sealing_keeps_the_chain_whole(store, sealer):
    first = await write(store, 2, make_record(2))
    await write(store, 3, make_change(first, State.FAILED, at=moment(3)), first)
    await seal_all(sealer)
    await write(store, 4, make_record(4))

    await Eraser(store, Ticking(), grace_seconds=0).erase_credential(ACME, make_id(1))
    assert (await check(store))[1] == []
    await seal_all(sealer)

    chain, findings = await check(store)
    assert findings == []
    assert (chain.entries, chain.erased) == (5, 3)


async def test_of_two_who_seal_at_once_one_gives_way(store, sealer):
    await write(store, 2, make_record(2))
    await seal_all(sealer)
    with pytest.raises(Conflict):
        await store.append_seal(await store.find_last_seal(ACME))


async def test_a_head_that_is_no_seal_any_more_is_told(store):
    assert (await check(store, "a" * 64))[1] == [f"head {'a' * 64}"]


async def test_organizations_have_chains_of_their_own(store, sealer):
    await write(store, 2, make_record(2))
    await write(store, 2, make_record(2), organization_id=RIVAL)
    await seal_all(sealer)
    assert await store.find_last_seal(RIVAL) is None
    assert await store.count_entries_after(RIVAL, dict.fromkeys(store.aggregates.kinds, 0)) == 1


TAMPERED = """
    DELETE FROM entry WHERE position = 2;
    UPDATE entry SET submission = 'x' WHERE position IN (4, 8);
    UPDATE entry SET submission = replace(submission, 'Checkout 6', 'Checkout 5') WHERE position = 5;
    UPDATE entry SET version = 2 WHERE position = 7;
"""


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_all_is_checked_however_much_is_read_at_once(store, sealer, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ENTRIES_A_SEAL", 5)
    for number in range(2, 13):
        await write(store, number, make_record(number))
    await seal_all(sealer)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.executescript(TAMPERED)
    wrong = [f"entry 1 of deployment {make_record(number).deployment_id}" for number in (3, 5, 6, 8, 9)]
    wrong.append(f"entry 2 of deployment {make_record(8).deployment_id}")
    for entries, seals in product((2, 3, 5, 100), (1, 2, 3, 9)):
        chain, findings = await check(store, page_sizes=PageSizes(seals=seals, entries=entries))
        assert (chain.seals, chain.entries, sorted(findings)) == (3, 11, sorted(wrong)), (entries, seals)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_what_was_erased_is_counted_however_much_is_read_at_once(store, sealer):
    for number in range(2, 9):
        await write(store, number, make_record(number))
    await seal_all(sealer)
    await Eraser(store, Ticking(), grace_seconds=0).erase_credential(ACME, make_id(1))
    for entries in (1, 2, 3, 7, 8):
        chain, findings = await check(store, page_sizes=PageSizes(entries=entries))
        assert (chain.entries, chain.erased, findings) == (7, 7, []), entries
