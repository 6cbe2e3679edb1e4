"""An erasure that is killed amid its batches leaves a whole ledger, and doing it again erases the rest."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.store.open import open_store
from tests.support.commands import Commands
from tests.support.factories import (
    ACME,
    decide_receipt,
    make_batch,
    make_credential,
    make_id,
    make_organization,
    make_receipt,
    make_record,
    moment,
)
from tests.support.killed import run_killed
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

COUNT = 120
"""More than one transaction erases, of receipts and of entries."""

DELETE = ("credential", "delete", make_id(1), "--organization", ACME, "--yes")
COUNTED = "SELECT count(*) FROM tombstone WHERE kind = '{kind}'"
TOKEN_KEY = "a key of tests"
VERBS = "shipledger.store.erasure.verbs:SqlErasure"


async def fill(database_url: str) -> None:
    """Many deployments of one credential, which is revoked already."""
    store = await open_store(database_url)
    await store.save_organization(make_organization(ACME))
    await store.create_credential(make_credential(1))
    await store.revoke_credential(ACME, make_id(1), now=moment(0))
    numbers = range(2, COUNT + 2)
    await store.append_receipts([make_receipt(number) for number in numbers], claimed_by="node")
    await store.settle(make_batch(*[decide_receipt(make_receipt(number), make_record(number)) for number in numbers]))
    await store.close()


def count(database_url: str, kind: str) -> int:
    """How many tombstones of a kind there are."""
    return int(ask(database_url, COUNTED.format(kind=kind))[0][0])


def test_killed_twice_it_is_finished_by_doing_it_again(database_url: str) -> None:
    cli = Commands(database_url, token_key=TOKEN_KEY)
    asyncio.run(fill(database_url))

    for kind, step in (("receipt", "erase_receipts"), ("deployment_entry", "erase_histories")):
        run_killed(
            f"{VERBS}.{step}",
            *DELETE,
            environment={"SHIPLEDGER_TOKEN_KEY": TOKEN_KEY, "SHIPLEDGER_DATABASE_URL": database_url},
            when="after",
        )
        assert 0 < count(database_url, kind) < COUNT
        assert cli("verify", "--json").json["damage"] == []

    cli(*DELETE)
    assert [count(database_url, kind) for kind in ("receipt", "deployment_entry", "credential")] == [COUNT, COUNT, 1]
    assert cli("verify", "--json").json["damage"] == []
    assert cli("rebuild", "--json").json["erased"] == COUNT
