from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from msgspec.structs import replace

from shipledger.app import build
from shipledger.cli.demo import is_sample_outdated
from shipledger.cli.ledger import open_ledger
from shipledger.clock import Clock
from shipledger.demo.call import Call, Sender
from shipledger.demo.history import History
from shipledger.demo.loading import TOGETHER_BEFORE, group_calls, make_sample
from shipledger.demo.sample import list_sample
from shipledger.demo.setting_up import OWNER
from shipledger.demo.year import list_calls
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.settings import Settings
from shipledger.store.open import open_store
from tests.support.plain_http import no_certificates
from tests.support.program import PROGRAM

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
ALL_CALLS = [call for call in list_calls(UNTIL, History(UNTIL)) if call.sender is Sender.SHOP and not call.saves]
CALLS = ALL_CALLS[-60:]
OLD_CALLS = [call for call in ALL_CALLS if call.at < UNTIL - TOGETHER_BEFORE][-20:]


def ignore(_done: int, _total: int) -> None:
    """Nobody watches."""


def list_leftovers(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if "unfinished" in file.name]


async def test_every_call_is_settled_at_the_time_at_which_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    await make_sample(path, Settings(), CALLS, advance=ignore)
    store = await open_store(f"sqlite:///{path}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        found = await store.list_receipts(organization.organization_id, ReceiptFilter(limit=200))
        receipts = [one for one in found if one.receipt.credential_id]  # another one is that of its issuance
        deployments = await store.list_deployments(organization.organization_id, DeploymentFilter(limit=200))
    finally:
        await store.close()
    assert list_leftovers(tmp_path) == []
    assert len(receipts) == len(CALLS)
    for record, call in zip(reversed(receipts), CALLS, strict=True):
        assert abs((record.receipt.accepted_at - call.at).total_seconds()) < 0.01
        assert record.settlement.settled_at is not None
        assert (record.settlement.settled_at - call.at).total_seconds() < 0.01
    assert deployments


async def test_what_is_long_ago_is_settled_once_a_day_and_keeps_the_time_at_which_it_arrived(tmp_path: Path) -> None:
    calls = [*OLD_CALLS, CALLS[-1]]
    assert len(list(group_calls(calls))) < len(calls) / 2
    await make_sample(tmp_path / "demo.db", Settings(), calls, advance=ignore)
    store = await open_store(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        found = await store.list_receipts(organization.organization_id, ReceiptFilter(limit=200))
        receipts = [one for one in found if one.receipt.credential_id]
    finally:
        await store.close()
    for record, call in zip(reversed(receipts), calls, strict=True):
        assert abs((record.receipt.accepted_at - call.at).total_seconds()) < 0.01
        assert record.settlement.settled_at is not None
        assert record.settlement.settled_at - call.at < timedelta(days=1)


async def test_a_sample_that_could_not_be_finished_is_not_there(tmp_path: Path) -> None:
    def give_up(done: int, _total: int) -> None:
        if done == 3:
            raise RuntimeError("no more")

    path = tmp_path / "demo.db"
    with pytest.raises(RuntimeError, match="no more"):
        await make_sample(path, Settings(), CALLS[:5], advance=give_up)
    assert not path.exists()
    await make_sample(path, Settings(), CALLS[:5], advance=ignore)
    assert path.exists()


async def test_a_call_that_is_refused_ends_the_making_of_the_sample(tmp_path: Path) -> None:
    wrong = Call(at=CALLS[0].at, sender=Sender.SHOP, method="POST", path="/v2/deployments", body={})
    with pytest.raises(RuntimeError, match="refused: 422"):
        await make_sample(tmp_path / "demo.db", Settings(), [wrong], advance=ignore)
    with pytest.raises(RuntimeError, match="should be refused with 401"):
        await make_sample(tmp_path / "demo.db", Settings(), [replace(wrong, refused=401)], advance=ignore)


async def test_a_sample_is_opened_with_the_key_that_stands_beside_it_also_when_it_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    for _ in range(2):
        await make_sample(path, Settings(), CALLS[:5], advance=ignore)
        app = await build(Settings(database_url=f"sqlite:///{path}", port=0))
        await app.stop()


@pytest.mark.parametrize("age, is_outdated", [(timedelta(hours=1), False), (timedelta(hours=7), True)])
async def test_a_sample_that_nobody_uses_is_outdated_after_hours(tmp_path: Path, age: timedelta, is_outdated: bool) -> None:
    now = Clock().now()
    needed = [call for call in list_sample(now - age) if call.sender is Sender.ADMINISTRATOR][:1]
    newest = list_calls(now - age, History(now - age))[-1]
    await make_sample(tmp_path / "demo.db", Settings(), [*needed, newest], advance=ignore)
    async with open_ledger(f"sqlite:///{tmp_path / 'demo.db'}") as ledger:
        assert await is_sample_outdated(ledger) is is_outdated
        organization = await ledger.get_organization("default")
        person, _ = await ledger.members.get(organization.organization_id, OWNER)
        await ledger.members.set_disabled(person.email, is_disabled=True)  # as somebody who has done something with it
        assert not await is_sample_outdated(ledger)


@pytest.mark.smoke
def test_the_demo_serves_a_sample_that_is_there(database: Path) -> None:
    running = subprocess.Popen(
        [PROGRAM, "demo", "--port", "0", "--file", database], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert running.stdout is not None
        link = running.stdout.readline().rpartition(" ")[2].strip()
        found = re.search(r"http://\S+", running.stdout.readline())
        assert found is not None
        assert httpx2.get(f"{found[0]}/healthz", trust_env=False, verify=no_certificates()).status_code == 200
        assert link.startswith(f"{found[0]}/")
        first = httpx2.get(link, trust_env=False, verify=no_certificates())
        assert "Create the first administrator" in first.text
        running.terminate()
        assert running.wait(20) == 0
    finally:
        running.kill()
        running.communicate()
