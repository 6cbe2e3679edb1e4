"""Damage that the store's own verbs cannot do, done behind its back."""

import sqlite3

import pytest

from shipledger.ledger.state import State
from tests.support.factories import ACME, make_change, make_id, make_record, moment, write
from tests.support.stores import opened, sqlite_store, sqlite_url


@pytest.fixture
async def file(tmp_path):
    async with sqlite_store(tmp_path) as store:
        first = await write(store, 1, make_record(1))
        await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(60)), first)
    return tmp_path / "ledger.db"


async def find_damage(file):
    async with opened(sqlite_url(file.parent)) as store:
        return await store.find_damage()


@pytest.mark.parametrize(
    "harm, table, sentence",
    [
        ("DELETE FROM verdict", "receipt", "This receipt is settled, but no verdict is kept."),
        (
            "UPDATE verdict SET deployment_id = 'x'",
            "verdict",
            "A verdict on this receipt names a deployment that has no entries.",
        ),
        ("DELETE FROM entry WHERE version = 1", "entry", "The entries of this deployment are not numbered without gaps."),
        ("UPDATE deployment SET version = 1", "deployment", "This projection is not at its last entry; run a rebuild."),
        ("DELETE FROM deployment", "deployment", "This deployment has entries but no projection; run a rebuild."),
        ("DELETE FROM deployment", "deployment_alias", "This name refers to a deployment that does not exist; run a rebuild."),
        (
            "DELETE FROM deployment",
            "deployment_release",
            "This release belongs to a deployment that does not exist; run a rebuild.",
        ),
        ("DELETE FROM receipt", "entry", "A row refers to a receipt that does not exist."),
    ],
)
async def test_what_does_not_fit_together_is_found(file, harm, table, sentence):
    connection = sqlite3.connect(file)
    connection.execute(harm)
    connection.commit()
    connection.close()
    assert (table, sentence) in {(one.table, one.sentence) for one in await find_damage(file)}


async def test_an_index_that_does_not_fit_its_table_is_found(file):
    name = make_id(1).encode()
    file.write_bytes(file.read_bytes().replace(name, name[:-1] + b"9", 1))
    assert any("integrity check" in one.sentence for one in await find_damage(file))


async def test_findings_name_their_organization(file):
    connection = sqlite3.connect(file)
    connection.execute("UPDATE deployment SET version = 7")
    connection.commit()
    connection.close()
    (found,) = await find_damage(file)
    assert (found.organization_id, found.key) == (ACME, make_record(1).deployment_id)
