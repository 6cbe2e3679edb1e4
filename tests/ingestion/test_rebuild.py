"""Rebuilding and verifying, over a real store, also while others write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import Loaded, Lookup
from shipledger.ingestion import rebuild
from shipledger.ingestion.rebuild import Verification, rebuild_projections, verify_projections
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.history import Damaged, fold_history
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.upkeep.contract import Difference
from tests.support.factories import ACME, make_record, make_removal, make_service, write
from tests.support.pen import Pen, new_pen
from tests.support.services import create_service

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


@pytest.fixture
async def scratch(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path / 'scratch.db'}")
    yield opened
    await opened.close()


class Busy:
    """A store to which another process writes whenever deployments are loaded."""

    def __init__(self, store: Store, meanwhile: Any) -> None:
        self._store = store
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        work, self._meanwhile = self._meanwhile, None
        if work is not None:
            await work()
        return await self._store.load(lookups)


async def verify(store: Any, scratch: Store) -> tuple[Verification, list[Difference]]:
    damage: list[Difference] = []
    found = await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    return found, damage


async def record(pen: Pen) -> str:
    _, verdict = await pen.record(at=NOW, state=State.IN_PROGRESS, title="Release 77", external_id="77")
    assert verdict.deployment_id
    return verdict.deployment_id


async def test_what_a_server_adds_meanwhile_is_no_damage_but_then_hashes_prove_nothing(store: Store, scratch: Store) -> None:
    pen = await new_pen(store, now=NOW)
    deployment_id = await record(pen)
    busy = Busy(store, lambda: pen.change(deployment_id, State.SUCCESSFUL, at=NOW + timedelta(minutes=4)))

    found, damage = await verify(busy, scratch)

    assert damage == []
    assert not found.was_quiet


@pytest.mark.both_stores
async def test_damage_is_found_while_a_server_writes(store: Store, scratch: Store) -> None:
    pen = await new_pen(store, now=NOW)
    deployment_id = await record(pen)
    kept = await store.load([Lookup(organization_id=pen.organization_id, deployment_id=deployment_id)])
    (deployment,) = kept.deployments.values()
    await store.clear_projections()
    await store.save_projections([replace(deployment, source="forged")])

    _, damage = await verify(Busy(store, lambda: record(pen)), scratch)

    assert [(one.table, one.key, one.sentence) for one in damage] == [
        ("deployment", deployment_id, "What is shown does not match its entries: source.")
    ]


async def test_a_removed_deployment_stays_removed_and_is_no_damage(store: Store, scratch: Store) -> None:
    kept = await write(store, 1, make_record(1))
    removed = await write(store, 2, make_record(2))
    await write(store, 3, make_removal(removed), removed)
    again = await write(store, 4, replace(make_record(2), deployment_id=make_record(4).deployment_id))

    rebuilt = await rebuild_projections(store, advance=lambda *_: None, report=lambda _: None)
    _, damage = await verify(store, scratch)

    assert (rebuilt.deployments, rebuilt.removed, damage) == (2, 1, [])
    shown = {one.deployment_id for one in await store.list_deployments(ACME, DeploymentFilter())}
    assert shown == {kept.deployment_id, again.deployment_id}


async def test_a_removed_deployment_that_is_still_shown_is_damage(store: Store, scratch: Store) -> None:
    deployment = await write(store, 1, make_record(1))
    removed = await write(store, 2, make_removal(deployment), deployment)
    await store.save_projections([replace(removed, is_removed=False)])

    _, damage = await verify(store, scratch)

    assert damage[0].key == deployment.deployment_id
    assert damage[0].sentence == "It was removed but is still shown."


@pytest.mark.both_stores
async def test_organizations_are_verified_and_rebuilt_each_for_itself(store: Store, scratch: Store) -> None:
    alice, bob = await new_pen(store, now=NOW), await new_pen(store, now=NOW, slug="bob")
    await record(alice)
    await record(bob)

    rebuilt = await rebuild_projections(store, advance=lambda *_: None, report=lambda _: None)
    found, damage = await verify(store, scratch)

    assert (rebuilt.deployments, found.deployments, damage) == (2, 2, [])
    assert await store.count_deployments(alice.organization_id) == 1
    assert await store.count_deployments(bob.organization_id) == 1


async def test_progress_ends_at_the_number_of_entries(store: Store, scratch: Store) -> None:
    pen = await new_pen(store, now=NOW)
    for hour in range(3):
        await pen.record(at=NOW + timedelta(hours=hour))
    steps: list[tuple[int, int]] = []

    await rebuild_projections(store, advance=lambda *step: steps.append(step), report=lambda _: None)
    await verify_projections(store, scratch, advance=lambda *step: steps.append(step), report=lambda _: None)

    assert steps == [(3, 3), (3, 3)]


async def entries_of(pen: Pen, deployment_id: str) -> Any:
    return await pen.store.list_entries(pen.organization_id, deployment_id)


async def test_a_history_folds_to_what_is_shown(store: Store) -> None:
    pen = await new_pen(store, now=NOW)
    deployment_id = await record(pen)
    await pen.change(deployment_id, State.SUCCESSFUL, at=NOW + timedelta(minutes=4))
    entries = await entries_of(pen, deployment_id)

    folded = fold_history(entries)

    assert isinstance(folded, Deployment)
    assert (
        folded == (await store.load([Lookup(pen.organization_id, deployment_id)])).deployments[pen.organization_id, deployment_id]
    )


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda entries: entries[1:], "Entry 1 is missing"),
        (lambda entries: [entries[0], entries[2]], "Entry 2 is missing"),
        (lambda entries: [replace(entries[1], version=1)], "cannot be applied"),
        (lambda _: [], "no entry"),
    ],
)
async def test_a_history_with_a_gap_is_damage_and_never_a_deployment(store: Store, spoil: Any, sentence: str) -> None:
    pen = await new_pen(store, now=NOW)
    deployment_id = await record(pen)
    await pen.change(deployment_id, State.SUCCESSFUL, at=NOW + timedelta(minutes=4))
    await pen.amend(deployment_id, at=NOW + timedelta(minutes=5), title="Release 77, amended")
    entries = await entries_of(pen, deployment_id)

    with pytest.raises(Damaged, match=sentence):
        fold_history(spoil(entries))


@pytest.mark.both_stores
@pytest.mark.parametrize("batch", [2, 3])
async def test_records_are_copied_in_batches_of_any_size(store: Store, scratch: Store, monkeypatch: Any, batch: int) -> None:
    monkeypatch.setattr(rebuild, "BATCH", batch)
    services = [make_service(number) for number in (1, 2, 3)]
    for service in services:
        await create_service(store, service)
    for organization in await store.list_organizations():
        await scratch.save_organization(organization)
    assert await rebuild.copy_records(store, scratch, report=lambda found: pytest.fail(str(found))) == 0
    names = [(ACME, Alias("", service.service_id)) for service in services]
    assert await scratch.load_records("service", names) == await store.load_records("service", names)
    assert len(await scratch.load_records("service", names)) == len(services)
