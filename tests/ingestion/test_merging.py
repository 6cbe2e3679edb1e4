"""Deployments that are merged: one in every list and table, through reports, a rebuild, a split and erasures."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.deployments.listing import DeploymentFilter
from shipledger.erasure.eraser import Eraser
from shipledger.ledger.deployment import issue_alias, service_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, ChangeState, Merge, Remove, Split, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Selection
from tests.ingestion import test_runs
from tests.support.factories import ACME, make_id, make_record, make_report, moment
from tests.support.in_time import in_time
from tests.support.worker_bench import Bench, working

ONE, OTHER = (derive_id(make_id(number), 0, "deployment") for number in (1, 2))
COMMIT = f"{1:040x}"


def create(number, *, state=State.SUCCESSFUL, at=30, source="datadog", **facts):
    record = make_record(number, state=make_report(state, moment(at)), services=("api",), **facts)
    return replace(record, source=source, identities=(Alias(scope=f"{source}:create", key=str(number)),))


def other(**facts):
    """The same deployment, of which another sender knows an issue."""
    release = make_record(1).facts.releases
    return create(2, at=60, source="jira", issue_keys=("SHOP-1",), releases=release, started_at=moment(1), **facts)


def merge(record=OTHER, into=ONE, **rest):
    return Merge(source="native", target=Target(key=record), into=into, **rest)


def split(record=OTHER):
    return Split(source="native", target=Target(key=record))


def end(record, state, at):
    return ChangeState(source="jira", target=Target(key=record), state=make_report(state, moment(at)))


async def prove(store: Store, tmp_path) -> None:
    """What is derived is what the entries say, and a rebuild gives it again."""
    folder = tmp_path / f"proof-{len([*tmp_path.iterdir()])}"
    folder.mkdir()
    await test_runs.prove(store, folder)


async def tell(bench: Bench, *submissions):
    """The last verdict."""
    settlement = None
    for one in submissions:
        settlement = await bench.settled(await bench.accept(1, one))
    return settlement.verdicts[0]


async def find(store: Store, deployment_id=ONE):
    return await store.find_deployment(ACME, Target(key=deployment_id))


async def list_everywhere(store: Store) -> dict[str, list[str]]:
    """The ids that each list gives."""
    filters = {
        "all": DeploymentFilter(),
        "state": DeploymentFilter(state="successful"),
        "service": DeploymentFilter(service_name="api"),
        "environment": DeploymentFilter(environment="prod"),
        "commit": DeploymentFilter(commit=COMMIT[:20] + COMMIT[20:]),
        "repository": DeploymentFilter(repository=make_record(1).facts.releases[0].repository),
        "text": DeploymentFilter(text="checkout"),
        "source": DeploymentFilter(source="jira"),
    }
    found = {name: [one.deployment_id for one in await store.list_deployments(ACME, wanted)] for name, wanted in filters.items()}
    for name, alias in (("issue", issue_alias("SHOP-1")), ("service name", service_alias("api"))):
        found[name] = [one.deployment_id for one in await store.list_deployments_by_alias(ACME, alias, limit=9)]
    scanned = [
        one
        for is_ascending in (True, False)
        for one in await store.scan_deployments(
            ACME, services=(), started_from=None, started_until=None, is_ascending=is_ascending, after=None, limit=9
        )
    ]
    lines = (await store.list_issue_lines(ACME, {"SHOP-1": ["SHOP-1"]}, of_each=9, in_all=9))["SHOP-1"]
    return found | {
        "scan": sorted({one.deployment_id for one in scanned}),
        "issue lines": [one.deployment_id for line in lines for one in line.newest],
        "count": [str(await store.count_deployments(ACME))],
    }


@pytest.mark.both_stores
async def test_a_merged_deployment_is_in_no_list_and_its_host_has_what_both_know(store, tmp_path):
    async with working(store) as bench:
        await tell(bench, create(1), other())
        before = await list_everywhere(store)
        assert before["all"] == [OTHER, ONE] or before["all"] == [ONE, OTHER]
        verdict = await tell(bench, merge(reason="Same run."))
        assert (verdict.kind, verdict.deployment_id) == (VerdictKind.APPLIED, OTHER)
        expected = {key: [ONE] for key in before} | {"count": ["1"], "source": []}
        assert await list_everywhere(store) == expected
        host, merged = await find(store), await find(store, OTHER)
        assert (host.finished_at, host.issue_keys, merged.merged_into) == (moment(30), ("SHOP-1",), ONE)
        by_name = await store.find_deployment(ACME, Target(scope="jira:create", key="2"))
        assert by_name.deployment_id == OTHER
        await prove(store, tmp_path)
        await tell(bench, split())
        assert await list_everywhere(store) == before
        assert (await find(store)).told == ()
    await prove(store, tmp_path)


async def test_what_is_reported_of_a_merged_deployment_changes_its_host_in_one_transaction(store, tmp_path):
    async with working(store) as bench:
        await tell(bench, create(1, state=State.IN_PROGRESS, at=5), other(), split(), merge())
        assert (await find(store)).state is State.SUCCESSFUL
        await tell(bench, end(OTHER, State.ROLLED_BACK, 90))
        host = await find(store)
        assert (host.state, host.alone.state) == (State.ROLLED_BACK, State.IN_PROGRESS)
        await prove(store, tmp_path)
        await tell(bench, end(ONE, State.FAILED, 20))
        assert (await find(store)).alone.state is State.FAILED
    await prove(store, tmp_path)


async def test_what_is_decided_in_one_batch_is_the_same(store, tmp_path):
    bench = Bench(store)
    asked = (create(1), other(), merge(), end(OTHER, State.ROLLED_BACK, 90), split(), merge(), end(ONE, State.FAILED, 95))
    accepted = [await bench.accept(1, one) for one in asked]
    bench.worker.start()
    for receipt_id in accepted:
        settlement = await bench.settled(receipt_id)
        assert settlement.verdicts[0].kind is not VerdictKind.REJECTED
    await in_time(bench.worker.stop())
    assert (await find(store)).state is State.ROLLED_BACK
    await prove(store, tmp_path)


async def test_of_two_people_who_merge_one_record_at_once_one_hears_why_not(store):
    async with working(store) as bench:
        await tell(bench, create(1), other(), create(3))
        third = derive_id(make_id(3), 0, "deployment")
        asked = [await bench.accept(1, merge(into=into)) for into in (ONE, third)]
        verdicts = [(await bench.settled(one)).verdicts[0] for one in asked]
    assert [one.kind for one in verdicts] == [VerdictKind.APPLIED, VerdictKind.REJECTED]
    assert (verdicts[1].reason, ONE in verdicts[1].sentence) == (Reason.DECIDED_OTHERWISE, True)


async def test_a_merge_that_comes_before_its_record_waits_for_it(store):
    async with working(store) as bench:
        await tell(bench, create(1))
        early = await bench.accept(1, merge())
        await tell(bench, other())
        assert (await bench.settled(early)).verdicts[0].kind is VerdictKind.APPLIED


@pytest.mark.parametrize("removed", [ONE, OTHER])
async def test_a_removal_leaves_the_other_one(store, tmp_path, removed):
    left = OTHER if removed == ONE else ONE
    async with working(store) as bench:
        await tell(bench, create(1), other(), merge(), Remove(source="datadog", target=Target(key=removed)))
    assert [one.deployment_id for one in await store.list_deployments(ACME, DeploymentFilter())] == [left]
    assert ((await find(store, left)).told, (await find(store, left)).merged_into) == ((), "")
    await prove(store, tmp_path)


async def erase(bench: Bench, **selected) -> None:
    selection = Selection(organization_id=ACME, **selected)
    await Eraser(bench.store, bench.clock, grace_seconds=0).erase(selection, reason="test")


async def send(bench: Bench, credential: int, *submissions) -> None:
    """The same as ``tell``, by some credential."""
    for one in submissions:
        await bench.settled(await bench.accept(1, one, credential_id=make_id(credential)))


@pytest.mark.both_stores
async def test_erasing_who_reported_a_host_leaves_the_others_as_deployments_of_their_own(store, tmp_path):
    async with working(store) as bench:
        await send(bench, 2, other(title="Checkout of Jira"))
        await send(bench, 1, create(1))
        await send(bench, 2, merge())
        await erase(bench, credential_id=make_id(1))
    assert [one.deployment_id for one in await store.list_deployments(ACME, DeploymentFilter())] == [OTHER]
    await prove(store, tmp_path)


async def test_erasing_who_reported_what_is_merged_leaves_nothing_of_it_in_its_host(store, tmp_path):
    async with working(store) as bench:
        await send(bench, 2, other(title="Checkout of Jira"))
        await send(bench, 1, create(1))
        await send(bench, 1, merge())
        await send(bench, 2, end(OTHER, State.ROLLED_BACK, 90))
        await erase(bench, credential_id=make_id(2))
        entries = await store.list_entries(ACME, ONE)
    host = await find(store)
    assert ((host.told, host.state), host.issue_keys) == (((), State.SUCCESSFUL), ())
    assert "jira" not in str(entries).lower()
    await prove(store, tmp_path)


async def test_erasing_by_a_property_reaches_what_a_host_repeats_also_after_a_split(store, tmp_path):
    async with working(store) as bench:
        secret = other(title="Checkout of Jira", properties={"customer": "acme"})
        await tell(bench, create(1), secret, merge(), split(), merge())
        await erase(bench, property_name="customer", property_value="acme")
        entries = await store.list_entries(ACME, ONE)
    assert "Jira" not in str(entries)
    host = await find(store)
    assert (host.told, await find(store, OTHER)) == ((), None)
    await prove(store, tmp_path)


async def test_erasing_who_merged_leaves_them_merged(store, tmp_path):
    async with working(store) as bench:
        await send(bench, 2, create(1), other())
        await send(bench, 3, merge(reason="Ada says so."))
        await erase(bench, credential_id=make_id(3))
        assert "Ada" not in str([await store.list_entries(ACME, one) for one in (ONE, OTHER)])
        assert (await find(store, OTHER)).merged_into == ONE
        assert [one.deployment_id for one in (await find(store)).told] == [ONE, OTHER]
        await prove(store, tmp_path)
        await send(bench, 4, split())
        await erase(bench, credential_id=make_id(4))
    assert ((await find(store)).told, (await find(store, OTHER)).merged_into) == ((), "")
    assert (await find(store, OTHER)).kept_apart == (ONE,)
    await prove(store, tmp_path)
