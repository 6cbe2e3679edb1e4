"""Issues are read from a Jira site: all at first, then what changed, and what is interrupted goes on."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.catalog.issue import Issue, IssueSite
from shipledger.clock import Clock
from shipledger.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.tracker.sync import IssueSync
from tests.support.factories import ACME, RIVAL
from tests.support.jira_site import ACCOUNT, TOKEN, jira_site
from tests.support.stores import sqlite_store

SEAL = Seal(lambda: (b"0" * 32,))
BUSY = (429, {"Retry-After": "7"}, b"")
BROKEN = (503, {}, b"")


@pytest.fixture
def site():
    with jira_site() as one:
        yield one


class Sync:
    """The reading of one organization, with the pauses that it made."""

    def __init__(self, store, networks="127.0.0.0/8"):
        self.store = store
        self.pauses = []
        self.caller = Caller(read_networks(networks))
        self.set_clock(timedelta)

    def set_clock(self, ahead):
        """Go by a clock that is so far ahead of the right one."""
        clock = Clock(wall_ns=lambda: time.time_ns() + ahead() // timedelta(microseconds=1) * 1_000)
        self.issues = IssueSync(store=self.store, seal=SEAL, caller=self.caller, clock=clock, sleep=self._sleep)

    async def _sleep(self, seconds):
        self.pauses.append(seconds)

    async def run(self, **options):
        return await self.issues.run(ACME, **options)

    async def keys(self, organization_id=ACME):
        return [one.key for one in await self.store.list_issues(organization_id, project="", after="", limit=99)]


@pytest.fixture
async def sync(site, tmp_path):
    async with sqlite_store(tmp_path) as store:
        one = Sync(store)
        await store.save_issue_site(connected(site))
        yield one
        await one.caller.close()


def connected(site, **changes):
    sealed = SEAL.seal(changes.pop("token", TOKEN))
    return replace(IssueSite(organization_id=ACME, url=site.url, account=ACCOUNT, sealed_token=sealed), **changes)


async def test_everything_is_read_at_first_page_by_page_with_summary_type_and_status(site, sync):
    for number in range(1, 6):
        site.put(f"SHIP-{number}", minutes_ago=100 - number)
    site.put("OPS-1", summary="Mind\nthe gap", issuetype="Bug", status="Done")
    told = []
    synced = await sync.run(advance=told.append)
    assert (synced.read, synced.forgotten, synced.is_full) == (6, 0, True)
    assert told == [2, 4, 6]
    assert await sync.store.find_issues(ACME, ["OPS-1"]) == [Issue("OPS-1", "10005", "Mind the gap", "Bug", "Done")]
    assert await sync.keys() == ["OPS-1", *(f"SHIP-{n}" for n in range(1, 6))]
    assert await sync.keys(RIVAL) == []


async def test_afterwards_only_what_changed_is_asked_for(site, sync):
    for number in range(1, 6):
        site.put(f"SHIP-{number}", minutes_ago=600)
    await sync.run()
    site.put("SHIP-2", minutes_ago=1, status="Done")
    site.put("SHIP-9", minutes_ago=2)
    synced = await sync.run()
    assert not synced.is_full
    minutes = int(re.search(r'updated >= "-(\d+)m" ORDER BY updated ASC', site.asked[-1])[1])
    assert 609 <= minutes <= 612
    assert (await sync.store.find_issues(ACME, ["SHIP-2"]))[0].status == "Done"
    assert "SHIP-9" in await sync.keys()
    assert (await sync.run()).read == 2


async def test_what_the_site_has_no_more_is_forgotten_when_all_is_read(site, sync):
    site.put("SHIP-1")
    site.put("SHIP-2")
    await sync.run()
    del site.issues["SHIP-1"]
    assert (await sync.run()).forgotten == 0
    synced = await sync.run(is_full=True)
    assert (synced.forgotten, synced.is_full) == (1, True)
    assert await sync.keys() == ["SHIP-2"]


async def test_a_reading_that_was_cut_short_goes_on_where_it_ended(site, sync):
    for number in range(1, 8):
        site.put(f"SHIP-{number}", minutes_ago=1000 - 100 * number)

    def stop(read):
        if read >= 4:
            raise Unavailable("test", "The lights went out.")

    with pytest.raises(Unavailable):
        await sync.run(advance=stop)
    assert len(await sync.keys()) == 4
    assert (await sync.store.find_issue_site(ACME)).failure == "The lights went out."
    synced = await sync.run()
    assert synced.is_full
    assert synced.read == 4
    assert len(await sync.keys()) == 7
    kept = await sync.store.find_issue_site(ACME)
    assert (kept.failure, kept.full_since) == ("", None)
    assert kept.full_at is not None


@pytest.mark.parametrize("glitch", [timedelta(days=800), -timedelta(days=800)], ids=["ahead", "behind"])
async def test_a_clock_that_is_set_amid_a_reading_lets_nothing_be_forgotten_that_the_site_has(site, sync, glitch):
    ahead = [timedelta()]
    sync.set_clock(lambda: ahead[0])
    for number in range(1, 8):
        site.put(f"SHIP-{number}", minutes_ago=1000 - 100 * number)
    await sync.run()

    def set_clock(read):
        ahead[0] = glitch if 2 <= read < 6 else timedelta()

    synced = await sync.run(is_full=True, advance=set_clock)
    assert (synced.read, synced.forgotten) == (7, 0)
    del site.issues["SHIP-4"]
    assert (await sync.run(is_full=True)).forgotten == 1
    assert len(await sync.keys()) == 6


async def test_everything_is_read_again_in_time_though_the_last_reading_was_amid_a_glitch(site, sync):
    ahead = [timedelta(days=800)]
    sync.set_clock(lambda: ahead[0])
    site.put("SHIP-1")
    site.put("SHIP-2")
    await sync.run()
    ahead[0] = timedelta()
    del site.issues["SHIP-1"]
    synced = await sync.run()
    assert (synced.is_full, synced.forgotten) == (True, 1)
    assert await sync.keys() == ["SHIP-2"]


async def test_only_the_projects_that_are_wanted_are_read(site, sync):
    await sync.store.save_issue_site(connected(site, projects=("SHIP", "OPS")))
    for key in ("SHIP-1", "OPS-1", "SECRET-1"):
        site.put(key)
    await sync.run()
    assert await sync.keys() == ["OPS-1", "SHIP-1"]
    assert 'project in ("SHIP", "OPS")' in site.asked[0]


async def test_a_site_that_is_busy_or_broken_for_a_while_is_asked_again_when_it_says(site, sync):
    site.put("SHIP-1")
    site.faults += [BROKEN, BUSY, BROKEN]
    assert (await sync.run()).read == 1
    assert sync.pauses == [1, 7, 4]


async def test_a_site_that_stays_broken_is_given_up_with_the_reason_kept(site, sync):
    site.faults += [BROKEN] * 5
    with pytest.raises(Unavailable, match="answers 503"):
        await sync.run()
    assert sync.pauses == [1, 2, 4, 8]
    assert "answers 503" in (await sync.store.find_issue_site(ACME)).failure


async def test_a_token_that_is_good_no_more_forgets_nothing(site, sync):
    site.put("SHIP-1")
    await sync.run()
    site.authorization = "Basic other"
    with pytest.raises(Denied, match=r"rejects this account and token \(401\)"):
        await sync.run(is_full=True)
    assert await sync.keys() == ["SHIP-1"]
    assert sync.pauses == []


@pytest.mark.parametrize(
    "fault, complaint",
    [
        ((400, {}, b"{\"errorMessages\": [\"The value 'SHIP' does not exist for the field 'project'.\"]}"), "does not exist for"),
        ((400, {}, b"<html>"), "no reason given"),
        ((404, {}, b""), "no REST API 3"),
        ((302, {"Location": "http://127.0.0.1:1/login"}, b""), "answers 302"),
        ((200, {}, b"<html>"), "did not answer with a page of issues"),
    ],
)
async def test_an_answer_that_is_none_is_told_and_not_asked_for_again(site, sync, fault, complaint):
    site.faults += [(200, {}, b"{}"), fault]
    with pytest.raises(Invalid, match=complaint):
        await sync.run()
    assert sync.pauses == []


async def test_an_address_in_a_private_network_is_not_called_unless_it_is_named(site, sync):
    strict = Sync(sync.store, networks="")
    with pytest.raises(Invalid, match="outgoing_networks"):
        await strict.run()
    assert site.asked == []
    await strict.caller.close()


async def test_without_a_site_there_is_nothing_to_read(sync):
    await sync.store.delete_issue_site(ACME)
    with pytest.raises(NotFound):
        await sync.run()
    await sync.issues.run_all()


async def test_a_site_that_is_replaced_meanwhile_stays(site, sync):
    for number in range(1, 6):
        site.put(f"SHIP-{number}", minutes_ago=100 - number)
    other = connected(site, url="https://other.example")
    save_issues = sync.store.save_issues

    async def replace_first(*args, **options):
        await sync.store.save_issue_site(other)
        await save_issues(*args, **options)

    sync.store.save_issues = replace_first
    with pytest.raises(Conflict, match="The site was disconnected or replaced"):
        await sync.run()
    assert await sync.store.find_issue_site(ACME) == other


async def test_what_keeps_one_organization_from_it_keeps_no_other(site, sync):
    site.put("SHIP-1")
    await sync.store.save_issue_site(connected(site, organization_id=RIVAL))
    await sync.store.save_issue_site(connected(site, token="wrong"))
    await sync.issues.run_all()
    assert await sync.keys(RIVAL) == ["SHIP-1"]
    assert await sync.keys() == []
    assert "rejects this account" in (await sync.store.find_issue_site(ACME)).failure
