"""Erasing what a credential sent, over a real store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shipledger.store
from shipledger.aggregates import AGGREGATES
from shipledger.catalog.searching import Kind
from shipledger.catalog.services.aggregate import declare_as
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.eraser import Eraser
from shipledger.errors import Conflict, Unavailable
from shipledger.incidents.decide import decide as decide_incident
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, GiveUp, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.search_words import read_query
from shipledger.store.erasure.contract import Selection, TombstoneKind, entry_tombstone
from shipledger.store.open import open_store
from shipledger.store.projections.deployment_tables import TABLES
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.upkeep.verbs import list_projections
from tests.erasure.conftest import ANNA, BERT, Ticking
from tests.store.conformance.test_commits import make_commit, make_pack
from tests.support.factories import (
    ACME,
    CHECKOUT,
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
    make_service,
    moment,
)
from tests.support.services import ask, create_service

STORE = Path(shipledger.store.__file__).parent
DEPLOYMENT_ENTRY = entry_tombstone("deployment")


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


async def test_nothing_of_a_credential_is_left(store, eraser, tmp_path):
    await send(store, 3, make_record(3, title="Of Anna"), body='{"text": "Of Anna"}')
    kept = await send(store, 4, make_record(4, title="Of Bert"), by=BERT, body='{"text": "Of Bert"}')

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(deployments=1, deployment_entries=1, receipts=1)
    assert await store.count_deployments(ACME) == 1
    assert (await store.find_receipt(ACME, make_id(3))).receipt.body == ""
    assert (await store.find_receipt(ACME, make_id(4))).receipt.body
    assert [one.credential_id for one in await store.list_credentials(ACME)] == [BERT]
    assert (await store.list_entries(ACME, kept.deployment_id))[0].submission.facts.title == "Of Bert"
    await prove(store, tmp_path)


async def test_nothing_is_left_in_the_file(database: Path):
    store = await open_store(f"sqlite:///{database}")
    await store.save_organization(make_organization(ACME))
    for number in (1, 2):
        await store.create_credential(make_credential(number))
    await send(store, 3, make_record(3, title="Secret of Anna Quartzite", version="zirconia"), body='{"text": "Secret of Anna"}')
    await send(store, 4, make_record(4, title="Of Bert"), by=BERT)
    assert [b"quartzite" in file.read_bytes() for file in sorted(database.parent.glob("shipledger.db*"))].count(True) > 0

    await Eraser(store, Ticking(), grace_seconds=0).erase_credential(ACME, ANNA)

    files = sorted(database.parent.glob("shipledger.db*"))
    assert await store.find_candidates(ACME, read_query("quartzite"), [Kind.DEPLOYMENT], limit=9) == {Kind.DEPLOYMENT: []}
    told = b"".join(file.read_bytes().lower() for file in files)
    assert not any(one in told for one in (b"secret of anna", b"quartzite", b"zirconia"))
    assert any(b"Of Bert" in file.read_bytes() for file in files)
    await store.close()


async def test_of_a_shared_deployment_the_rest_is_folded_anew(store, eraser, tmp_path):
    recorded = await send(store, 3, make_record(3, title="By Bert"), by=BERT)
    amended = await send(store, 4, make_amend(recorded, order=4, title="By Anna", actor="anna"), recorded)
    await send(store, 5, make_change(amended, State.FAILED, at=moment(5)), amended, by=BERT)

    await eraser.erase_credential(ACME, ANNA)

    left = await store.list_entries(ACME, recorded.deployment_id)
    assert [(one.version, str(one.actor)) for one in left] == [
        (1, f"credential:{BERT}"),
        (2, f"credential:{ANNA}"),
        (3, f"credential:{BERT}"),
        (4, "command:erase"),
    ]
    found = await store.find_deployment(ACME, Target(key=recorded.deployment_id))
    assert (found.facts.title, found.state, found.version) == ("By Bert", State.FAILED, 4)
    assert not isinstance(found.facts.actor, str)
    await prove(store, tmp_path)


async def test_what_the_ledger_said_of_an_erased_report_goes_with_it(store, eraser, tmp_path):
    async def give_up(number, current):
        asked = GiveUp(
            source="shipledger",
            target=Target(key=current.deployment_id),
            order=current.report.order,
            heard_at=moment(number),
            after_seconds=3_600,
        )
        return await send(store, number, asked, current, by="", protocol="shipledger")

    recorded = await give_up(4, await send(store, 3, make_record(3), by=BERT))
    running = await send(store, 5, make_change(recorded, State.IN_PROGRESS, at=moment(60)), recorded)
    assert (await give_up(6, running)).given_up.heard_at == moment(6)

    counted = await eraser.count(Selection(organization_id=ACME, credential_id=ANNA))
    assert await eraser.erase_credential(ACME, ANNA) == counted

    found = await store.find_deployment(ACME, Target(key=recorded.deployment_id))
    assert (found.report, found.shown_state, found.given_up.heard_at) == (recorded.report, State.UNKNOWN, moment(4))
    assert [bool((await store.find_receipt(ACME, make_id(number))).receipt.body) for number in (4, 5, 6)] == [True, False, False]
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
    settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,))
    await store.settle(SettlementBatch(settled_at=moment(4), receipts=(settled,), changed=(decision.incident,)))

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(incidents=1, incident_entries=1, receipts=1)
    assert await store.find_incident(ACME, make_id(3)) is None
    await prove(store, tmp_path)


async def test_tombstones_tell_what_was_erased_and_nothing_of_what_it_said(store, eraser):
    recorded = await send(store, 3, make_record(3, title="Secret of Anna"))
    before = await store.read_history("deployment", ACME, recorded.deployment_id)

    await eraser.erase_credential(ACME, ANNA, reason="Anna asked")

    found = await store.list_tombstones(ACME, after=None, limit=10)
    assert [(one.kind, one.subject_id, one.version, one.reason) for one in found] == [
        (TombstoneKind.CREDENTIAL, ANNA, 0, "Anna asked"),
        (DEPLOYMENT_ENTRY, recorded.deployment_id, 1, "Anna asked"),
        (TombstoneKind.RECEIPT, make_id(3), 0, "Anna asked"),
    ]
    assert found[1].digest == before[0].digest
    assert await store.list_tombstones(ACME, after=found[1], limit=10) == found[2:]
    assert await store.list_tombstones(RIVAL, after=None, limit=10) == []


async def test_interrupted_anywhere_it_is_finished_by_doing_it_again(store, monkeypatch, tmp_path):
    eraser = Eraser(store, Ticking(), grace_seconds=0, subjects_a_batch=2)
    for number in range(3, 9):
        await send(store, number, make_record(number))
    erase, done = store.erase_histories, []

    async def fail_at_the_second(plans):
        if done:
            raise Unavailable("database_unavailable", "Gone.")
        done.append(plans)
        await erase(plans)

    monkeypatch.setattr(store, "erase_histories", fail_at_the_second)
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
    await send(store, 3, make_record(3), organization_id=RIVAL)

    assert await eraser.erase_credential(ACME, ANNA) == ErasureCounts()
    assert await store.count_deployments(RIVAL) == 1


async def test_by_property_a_deployment_goes_wholly_with_every_request_about_it(store, eraser, tmp_path):
    marked = await send(store, 3, make_record(3, properties={"customer": "anna", "$odd": "1"}))
    changed = await send(store, 4, make_change(marked, State.FAILED, at=moment(4)), marked, by=BERT)
    await send(store, 5, make_amend(changed, order=5, properties={"customer": "nobody"}), changed, by=BERT)
    await send(store, 6, make_record(6, properties={"customer": "bert"}))
    selection = Selection(organization_id=ACME, property_name="customer", property_value="anna")

    assert await eraser.count(selection) == ErasureCounts(deployments=1, deployment_entries=3, receipts=3)
    assert await eraser.erase(selection, reason="asked") == ErasureCounts(deployments=1, deployment_entries=3, receipts=3)

    assert await eraser.erase(selection, reason="asked") == ErasureCounts()
    assert [(await store.find_receipt(ACME, make_id(number))).receipt.body == "" for number in (3, 4, 5, 6)] == [
        True,
        True,
        True,
        False,
    ]
    assert await store.count_deployments(ACME) == 1
    assert len(await store.list_credentials(ACME)) == 2
    await prove(store, tmp_path)


async def send_commits(store, number, *commits, by):
    """A pack with commits, indexed."""
    pack = make_pack(number, credential_id=by)
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    await store.save_commits(pack, commits)
    await store.make_known(pack, [one.commit_id for one in commits])
    await store.settle_pack(pack, name=f"name-{number}", now=moment(number + 1))


class Files:
    """What was asked of the files of packs."""

    def __init__(self):
        self.removed = []

    def remove_pack(self, pack, name):
        self.removed.append((pack.pack_id, name))

    def remove_organization(self, organization_id):
        self.removed.append(organization_id)


async def test_commits_go_that_nobody_else_sent(store):
    only, shared = make_commit(1), make_commit(2)
    await send_commits(store, 3, only, shared, by=ANNA)
    await send_commits(store, 4, shared, by=BERT)
    await send_commits(store, 5, make_commit(3), by="")
    files = Files()

    erased = await Eraser(store, Ticking(), files=files, grace_seconds=0).erase_credential(ACME, ANNA)

    assert erased == ErasureCounts(packs=1, commits=1)
    ids = [only.commit_id, shared.commit_id, make_commit(3).commit_id]
    assert [one.commit_id for one in await store.find_commits(ACME, CHECKOUT, ids)] == ids[1:]
    assert [one.pack.pack_id for one in await store.list_packs(ACME, limit=9)] == [make_id(5), make_id(4)]
    assert files.removed == [(make_id(3), "name-3")]


async def test_a_service_belongs_to_its_organization_whoever_declared_it(store, eraser, tmp_path):
    service = make_service(6)
    await ask(store, ACME, declare_as(service), by=Actor(ActorKind.CREDENTIAL, ANNA))
    await eraser.erase_credential(ACME, ANNA)
    assert await store.find_service(ACME, service.service_id) == service
    (entry,) = await store.list_entries_of("service", ACME, service.service_id)
    assert str(entry.actor) == f"credential:{ANNA}"
    await prove(store, tmp_path)


async def test_of_an_organization_its_tombstones_are_left(store, tmp_path):
    await send(store, 3, make_record(3))
    await send(store, 4, make_record(4), organization_id=RIVAL)
    await send_commits(store, 5, make_commit(1), by="")
    await create_service(store, make_service(6))
    files = Files()
    eraser = Eraser(store, Ticking(), files=files, grace_seconds=0)

    erased = await eraser.erase_organization(make_organization(ACME))

    services = {"services": 1, "service_entries": 1}
    assert erased == ErasureCounts(deployments=1, deployment_entries=1, receipts=2, packs=1, commits=1, others=services)
    assert await store.list_credentials(ACME) == []
    assert await store.count_services(ACME) == 0
    assert await store.find_organization(ACME) is None
    assert (await store.find_organization(f"erased-{ACME}")).name == "Erased"
    assert {one.kind for one in await store.list_tombstones(ACME, after=None, limit=99)} == {
        *TombstoneKind,
        DEPLOYMENT_ENTRY,
        entry_tombstone("service"),
    }
    assert await store.count_deployments(RIVAL) == 1
    assert files.removed[-1] == ACME
    await prove(store, tmp_path)


def test_every_table_of_an_organization_is_erased_with_it():
    migrations = "\n".join(path.read_text() for path in (STORE / "migrations" / "sqlite").glob("*.up.sql"))
    tables = re.findall(r"CREATE TABLE (\w+) \(\s+organization_id", migrations)
    forgotten = set(re.findall(r"DELETE FROM (\w+)", "".join(path.read_text() for path in (STORE / "erasure").glob("*.sql"))))
    cascading = {
        "access_token",
        "connect_app",
        "credential_use",
        "outbox_message",
        "outbox_attempt",
        "git_commit_sender",
        "told_repository",
    }
    emptied = {"receipt", "verdict", *(one.keeping.entries for one in AGGREGATES)}
    projected = {"deployment", *(one.table for one in TABLES), *list_projections(AGGREGATES), "gate_delivery"}
    left = {"organization", "tombstone", "entry_seal"}
    assert set(tables) - forgotten - cascading - emptied - projected - left == set()
