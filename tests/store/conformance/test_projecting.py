"""Whoever derives something from entries hears of every cause of change, in the transaction that makes it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.retiering import apply_policy, pin
from shipledger.catalog.services.model import KIND
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.erasure.eraser import Eraser
from shipledger.gating.gate import GateStatus
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.ingestion.refolding import Refolding
from shipledger.ledger.history import RULES
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Amend, Separate
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Selection
from shipledger.store.projecting import Cause, Change
from shipledger.store.session import Steps
from tests.store.conformance.test_incidents import make_record as make_incident
from tests.store.conformance.test_incidents import settle as settle_incident
from tests.support.factories import (
    ACME,
    CHECKOUT,
    decide_receipt,
    make_amend,
    make_batch,
    make_change,
    make_id,
    make_receipt,
    make_record,
    make_removal,
    make_service,
    moment,
    write,
)
from tests.support.gating import decide_gate
from tests.support.services import (
    add_service_name,
    ask,
    change_service,
    create_service,
    delete_service,
    map_repository,
    remove_service_name,
    unmap_repository,
)
from tests.support.settings import change_settings
from tests.support.tiers import save_tier_policy


class Probe:
    """Hears, and derives nothing: it keeps the changes whose transaction has come to it."""

    def __init__(self, store: Store) -> None:
        self.changes: list[Change] = []
        store.subscribe(self)

    def hear(self, change: Change) -> Steps[None]:
        def keep() -> Steps[None]:
            self.changes.append(change)
            yield from ()

        return keep()

    def take(self) -> list[Change]:
        """What came since the last time, without what tells nothing at all."""
        taken, self.changes = [one for one in self.changes if one != Change(one.cause)], []
        return taken


class Refusing(Probe):
    """Cannot do what it has to do."""

    def hear(self, change: Change) -> Steps[None]:
        def fail() -> Steps[None]:
            raise ValueError("this one cannot keep up")
            yield  # type: ignore[unreachable]

        return fail()


class Now:
    def now(self):
        return moment(50)


def ignore(*_):
    """Progress and findings that nobody looks at."""


async def test_it_hears_of_settlements_removals_and_corrections(store):
    probe = Probe(store)
    first = await write(store, 1, make_record(1))
    (recorded,) = probe.take()
    assert (recorded.cause, recorded.deployments, recorded.new) == (Cause.SETTLEMENT, (first,), {(ACME, first.deployment_id)})
    assert [entry.submission for entry in recorded.entries] == [make_record(1)]
    done = await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(2)), first)
    (changed,) = probe.take()
    assert (changed.deployments, changed.new) == ((done,), frozenset())
    amended = await write(store, 3, make_amend(done, order=9, title="Mended"), done)
    assert [type(entry.submission) for one in probe.take() for entry in one.entries] == [Amend]
    receipt = make_receipt(4)
    await store.append_receipts([receipt], claimed_by="node")
    settled, followed = decide_receipt(receipt, make_change(amended, State.FAILED, at=moment(4)), amended)
    moved = replace(settled.entries[0], submission=Separate(source="opsgenie", versions=(2,), other_ids=("another",)))
    await store.settle(make_batch((replace(settled, entries=(moved,)), followed)))
    (heard,) = probe.take()
    assert (heard.cause, [type(entry.submission) for entry in heard.entries]) == (Cause.SETTLEMENT, [Separate])
    await write(store, 5, make_removal(followed), followed)
    (removed,) = probe.take()
    assert [one.is_removed for one in removed.deployments] == [True]
    assert removed.kept == []
    incident = await settle_incident(store, 6, make_incident(1), number=1)
    assert [(one.cause, one.records) for one in probe.take()] == [(Cause.SETTLEMENT, (incident,))]


async def test_it_hears_of_erasure(store):
    probe = Probe(store)
    deployment = await write(store, 1, make_record(1))
    incident = await settle_incident(store, 2, make_incident(1), number=1)
    probe.take()
    eraser = Eraser(store, Now(), grace_seconds=0)
    await eraser.erase(Selection(organization_id=ACME, credential_id=make_id(1)), reason="asked")
    heard = probe.take()
    assert {one.cause for one in heard} == {Cause.ERASURE}
    assert [one.erased_deployments for one in heard if one.erased_deployments] == [((ACME, deployment.deployment_id),)]
    assert [one.erased_records for one in heard if one.erased_records] == [((incident.kind, (ACME, incident.incident_id)),)]


async def test_it_hears_of_rules_for_tiers_and_what_they_change(store):
    probe = Probe(store)
    deployment = await write(store, 1, make_record(1))
    probe.take()
    await save_tier_policy(store, ACME, pin(DEFAULT_POLICY, "prod", Tier.TESTING))
    assert await apply_policy(store, ACME) == 1
    settled, ruled, applied = probe.take()
    assert [(one.kind, one.version) for one in settled.records] == [("tiering", 1)]
    assert (ruled.cause, ruled.organization_id) == (Cause.TIERS, ACME)
    assert [(one.deployment_id, one.environment.tier) for one in applied.deployments] == [
        (deployment.deployment_id, Tier.TESTING)
    ]
    await write(store, 2, make_record(2))
    assert [one.deployments[0].environment.tier for one in probe.take()] == [Tier.TESTING]


async def test_it_hears_of_services_their_names_and_their_repositories(store):
    probe = Probe(store)
    service = make_service(1)
    mapping = RepositoryMapping(service_id=service.service_id, repository=CHECKOUT)
    name = ServiceName(service_id=service.service_id, name="Till")
    steps = (
        create_service(store, service),
        change_service(store, service, name="Checkout"),
        map_repository(store, ACME, mapping),
        unmap_repository(store, ACME, mapping),
        add_service_name(store, ACME, name),
        remove_service_name(store, ACME, name),
        delete_service(store, ACME, service.service_id),
    )
    for version, step in enumerate(steps, start=1):
        await step
        settled, heard = probe.take()
        assert [(one.kind, one.subject_id, one.version) for one in settled.records] == [(KIND, service.service_id, version)]
        assert (settled.cause, heard.cause, heard.organization_id) == (Cause.SETTLEMENT, Cause.MAPPING, ACME)
        assert heard.service_ids == (service.service_id,)
        assert heard.repository_keys in ((), (CHECKOUT.casefold(),), (CHECKOUT.casefold(), CHECKOUT.casefold()))
    assert not await delete_service(store, ACME, service.service_id)
    assert probe.take() == [], "nothing was changed"
    await ask(store, ACME, NameRepository("github.com/acme/till", CHECKOUT))
    settled, heard = probe.take()
    assert ([one.kind for one in settled.records], heard.cause) == (["repository"], Cause.MAPPING)
    assert heard.repository_keys == ("github.com/acme/till", CHECKOUT.casefold())


async def test_it_hears_of_settings(store):
    probe = Probe(store)
    await change_settings(store, ACME, gate_timeout_hours=3)
    assert [(one.cause, len(one.records)) for one in probe.take()] == [(Cause.SETTLEMENT, 1), (Cause.SETTINGS, 0)]


async def test_it_hears_once_of_the_services_that_a_report_creates(store):
    probe = Probe(store)
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="node")
    settled, deployment = decide_receipt(receipt, make_record(1, services=("Till", "Cart")))
    await store.settle(make_batch((replace(settled, services=(("Till", 0), ("Cart", 0))), deployment)))
    services = [await store.find_service(ACME, name) for name in ("cart", "till")]
    ids = tuple(one.service_id for one in services)
    created, mapped, reported = probe.take()
    assert tuple(one.subject_id for one in created.records) == ids
    assert [(one.cause, one.service_ids) for one in (created, mapped, reported)] == [
        (Cause.SETTLEMENT, ()),
        (Cause.MAPPING, ids),
        (Cause.SETTLEMENT, ()),
    ]
    (entry,) = await store.list_entries_of(KIND, ACME, ids[1])
    assert (entry.receipt_id, str(entry.actor)) == (receipt.receipt_id, f"credential:{receipt.credential_id}")


async def test_it_hears_of_a_rebuild_and_of_an_upgrade(store):
    probe = Probe(store)
    deployment = await write(store, 1, make_record(1))
    incident = await settle_incident(store, 2, make_incident(1), number=1)
    probe.take()
    await rebuild_projections(store, advance=ignore, report=ignore)
    emptied, *told = probe.take()
    assert (emptied.cause, emptied.is_whole) == (Cause.REBUILD, True)
    assert {one.cause for one in told} == {Cause.REBUILD}
    assert [one.deployments for one in told if one.deployments] == [(deployment,)]
    assert [one.records for one in told if one.records] == [(incident,)]
    await store.note_projection_rules(RULES - 1)
    await Refolding(store, lambda: 0.0, silent_seconds=1).run()
    told = [(one.cause, one.deployments, one.records) for one in probe.take()]
    assert [one for one in told if one[1] or one[2]] == [(Cause.REBUILD, (deployment,), ()), (Cause.REBUILD, (), (incident,))]


async def test_it_hears_once_that_the_ledger_was_moved_or_restored(store):
    probe = Probe(store)
    await store.note_projection_rules(RULES)
    await store.note_import()
    for _ in range(2):
        await Refolding(store, lambda: 0.0, silent_seconds=1).run()
    assert [(one.cause, one.is_whole) for one in probe.take()] == [(Cause.IMPORT, True)]


async def test_it_hears_of_a_gate_with_the_deployment_and_of_each_decision(store):
    probe = Probe(store)
    asked = await write(store, 1, replace(make_record(1), asks_for_gate=True))
    (opened,) = probe.take()
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert (opened.deployments, opened.records_of("gate")) == ((asked,), [gate])
    assert [entry.kind for entry in opened.entries] == ["deployment", "gate"]
    await decide_gate(store, gate, GateStatus.ALLOWED)
    (decided,) = probe.take()
    assert (decided.deployments, decided.records_of("gate")) == ((), [await store.find_gate(ACME, asked.deployment_id)])
    await rebuild_projections(store, advance=ignore, report=ignore)
    assert [(one.cause, one.records_of("gate")) for one in probe.take() if one.records] == [
        (Cause.REBUILD, decided.records_of("gate"))
    ]
    await Eraser(store, Now(), grace_seconds=0).erase(Selection(organization_id=ACME), reason="x")
    assert [one.erased_of("gate") for one in probe.take() if one.erased_records] == [[(ACME, gate.gate_id)]]


async def test_what_it_cannot_do_undoes_the_change(store):
    Refusing(store)
    with pytest.raises(ValueError, match="cannot keep up"):
        await write(store, 1, make_record(1))
    assert await store.count_deployments(ACME) == 0
    assert await store.count_entries() == 0
