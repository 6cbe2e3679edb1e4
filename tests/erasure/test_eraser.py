"""Erasing what a credential sent, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.erasure.eraser import Eraser, ErasureCounts
from shipledger.errors import Conflict, Unavailable
from shipledger.incidents.decide import decide as decide_incident
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import SettledReceipt, Store
from shipledger.store.erasure_contract import Selection, Subject, TombstoneKind
from shipledger.store.incident_contract import IncidentSettlement
from shipledger.store.open import open_store
from tests.support.factories import (
    ACME,
    RIVAL,
    decide_receipt,
    make_amend,
    make_batch,
    make_change,
    make_credential,
    make_id,
    make_organization,
    make_receipt,
    make_record,
    moment,
)

ANNA, BERT = make_id(1), make_id(2)


class Ticking:
    """A clock that says a later second each time."""

    def __init__(self) -> None:
        self._number = 1000

    def now(self):
        self._number += 1
        return moment(self._number)


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{database}")
    await opened.save_organization(make_organization(ACME))
    for number in (1, 2):
        await opened.create_credential(make_credential(number))
    yield opened
    await opened.close()


@pytest.fixture
def eraser(store) -> Eraser:
    return Eraser(store, Ticking(), grace_seconds=0)


async def send(store, number, submission, current=None, *, by=ANNA, **receipt):
    """The deployment after a credential's receipt is settled."""
    arrived = make_receipt(number, credential_id=by, **receipt)
    await store.append_receipts([arrived], claimed_by="node")
    decided = decide_receipt(arrived, submission, current)
    await store.settle(make_batch(decided))
    return decided[1]


async def prove(store, tmp_path) -> None:
    """Nothing is damaged, and a rebuild gives the same."""
    damage = []
    scratch = await open_store(f"sqlite:///{tmp_path / 'scratch.db'}")
    try:
        found = await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    finally:
        await scratch.close()
    assert damage == []
    assert found.was_quiet
    before = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=damage.append)
    assert await store.digest_projections() == before


async def test_nothing_of_a_credential_is_left(store, eraser, database, tmp_path):
    await send(store, 3, make_record(3, title="Secret of Anna"), body='{"text": "Secret of Anna"}')
    kept = await send(store, 4, make_record(4, title="Of Bert"), by=BERT, body='{"text": "Of Bert"}')

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(deployments=1, deployment_entries=1, receipts=1)
    assert await store.count_deployments(ACME) == 1
    assert (await store.find_receipt(ACME, make_id(3))).receipt.body == ""
    assert (await store.find_receipt(ACME, make_id(4))).receipt.body
    assert [one.credential_id for one in await store.list_credentials(ACME)] == [BERT]
    assert (await store.list_entries(ACME, kept.deployment_id))[0].submission.facts.title == "Of Bert"
    await prove(store, tmp_path)
    await store.close()
    assert b"Secret of Anna" not in database.read_bytes()
    assert b"Of Bert" in database.read_bytes()


async def test_of_a_shared_deployment_the_rest_is_folded_anew(store, eraser, tmp_path):
    recorded = await send(store, 3, make_record(3, title="By Bert"), by=BERT)
    amended = await send(store, 4, make_amend(recorded, order=4, title="By Anna", actor="anna"), recorded)
    await send(store, 5, make_change(amended, State.FAILED, at=moment(5)), amended, by=BERT)

    await eraser.erase_credential(ACME, ANNA)

    left = await store.list_entries(ACME, recorded.deployment_id)
    assert [one.version for one in left] == [1, 2, 3, 4]
    found = await store.find_deployment(ACME, Target(key=recorded.deployment_id))
    assert (found.facts.title, found.state, found.version) == ("By Bert", State.FAILED, 4)
    assert not isinstance(found.facts.actor, str)
    await prove(store, tmp_path)


async def test_whoever_decides_meanwhile_must_decide_again(store, eraser):
    recorded = await send(store, 3, make_record(3, title="By Bert"), by=BERT)
    amended = await send(store, 4, make_amend(recorded, order=4, title="By Anna"), recorded)

    await eraser.erase_credential(ACME, ANNA)

    with pytest.raises(Conflict):
        await send(store, 5, make_change(amended, State.FAILED, at=moment(5)), amended, by=BERT)
    assert (await store.find_deployment(ACME, Target(key=recorded.deployment_id))).facts.title == "By Bert"


async def test_what_nobody_has_decided_never_will_be(store, eraser):
    waiting, set_aside = make_receipt(3), make_receipt(4)
    await store.append_receipts([waiting, set_aside], claimed_by="node")
    await store.quarantine_receipt(set_aside, failure="Secret of Anna", now=moment(5))

    await eraser.erase_credential(ACME, ANNA)

    for receipt in (waiting, set_aside):
        settlement = await store.find_settlement(ACME, receipt.receipt_id)
        assert [one.kind for one in settlement.verdicts] == [VerdictKind.REJECTED]
        assert settlement.failure is None
    with pytest.raises(Conflict):
        await store.settle(make_batch(decide_receipt(waiting, make_record(3))))
    assert await store.find_damage() == []


async def test_incidents_go_too(store, eraser, tmp_path):
    receipt = make_receipt(3)
    await store.append_receipts([receipt], claimed_by="node")
    said = RecordIncident(
        source="vendor",
        incident_id=make_id(3),
        identities=(Alias(scope="vendor:id", key="1"),),
        facts=IncidentFacts(title="Secret of Anna"),
        order=(1,),
    )
    decision = decide_incident(None, receipt, 0, said, moment(4))
    settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=())
    await store.settle_incidents(
        IncidentSettlement(settled_at=moment(4), receipts=(settled,), entries=(decision.entry,), incidents=(decision.incident,))
    )

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(incidents=1, incident_entries=1, receipts=1)
    assert await store.find_incident(ACME, make_id(3)) is None
    await prove(store, tmp_path)


async def test_tombstones_tell_what_was_erased_and_nothing_of_what_it_said(store, eraser):
    recorded = await send(store, 3, make_record(3, title="Secret of Anna"))
    before = await store.read_history(Subject.DEPLOYMENT, ACME, recorded.deployment_id)

    await eraser.erase_credential(ACME, ANNA, reason="Anna asked")

    found = await store.list_tombstones(ACME, after=None, limit=10)
    assert [(one.kind, one.subject_id, one.version, one.reason) for one in found] == [
        (TombstoneKind.CREDENTIAL, ANNA, 0, "Anna asked"),
        (TombstoneKind.DEPLOYMENT_ENTRY, recorded.deployment_id, 1, "Anna asked"),
        (TombstoneKind.RECEIPT, make_id(3), 0, "Anna asked"),
    ]
    assert found[1].digest == before[0].digest
    assert await store.list_tombstones(ACME, after=found[1], limit=10) == found[2:]
    assert await store.list_tombstones(RIVAL, after=None, limit=10) == []


async def test_interrupted_anywhere_it_is_finished_by_doing_it_again(store, eraser, monkeypatch, tmp_path):
    for number in range(3, 9):
        await send(store, number, make_record(number))
    erase, done = store.erase_history, []

    async def fail_at_the_third(plan):
        if len(done) == 2:
            raise Unavailable("database_unavailable", "Gone.")
        done.append(plan)
        await erase(plan)

    monkeypatch.setattr(store, "erase_history", fail_at_the_third)
    with pytest.raises(Unavailable):
        await eraser.erase_credential(ACME, ANNA)
    monkeypatch.undo()
    await prove(store, tmp_path)
    assert await store.count_deployments(ACME) == 4

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(deployments=4, deployment_entries=4)
    assert await store.count_deployments(ACME) == 0
    assert len(await store.list_tombstones(ACME, after=None, limit=100)) == 13
    assert await eraser.erase_credential(ACME, ANNA) == ErasureCounts()


async def test_counting_erases_nothing_and_says_what_erasing_does(store, eraser):
    for number in range(3, 6):
        await send(store, number, make_record(number))
    told = []

    counted = await eraser.count(
        Selection(organization_id=ACME, credential_id=ANNA), advance=lambda done, total: told.append((done, total))
    )

    assert await store.count_deployments(ACME) == 3
    assert told[-1] == (6, 6)
    assert await eraser.erase_credential(ACME, ANNA) == counted


async def test_another_organization_keeps_what_is_called_the_same(store, eraser):
    await store.save_organization(make_organization(RIVAL))
    await send(store, 3, make_record(3), organization_id=RIVAL)

    assert await eraser.erase_credential(ACME, ANNA) == ErasureCounts()
    assert await store.count_deployments(RIVAL) == 1
