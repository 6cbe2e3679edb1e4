"""Home answers on its first screen: what changed in the last hour, what is failing, and what needs somebody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.access.people.look import Look
from shipledger.access.people.roles import Role
from shipledger.access.use import Use
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.organization_settings.declared import EVERYBODY, READERS
from shipledger.catalog.organization_settings.installation import InstallationSettings
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION
from shipledger.incidents.marks import IncidentMarks
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.state import State
from shipledger.settings import Settings
from tests.support.pen import PRODUCTION, STAGING
from tests.support.people import TESTER
from tests.support.site import Html, Site

NASTY = '<script>alert(1)</script>" onload="x\u202egnp.exe'
HOUR = timedelta(hours=1)
ELSEWHERE = ("bitbucket.org/acme/payments", "1" * 40)


def make_incident(site: Site, number: int, hours: float, **facts: Any) -> Incident:
    started_at = site.now - timedelta(hours=hours)
    return Incident(
        organization_id=site.pen.organization_id,
        incident_id=f"01900000-0000-7000-8000-{number:012}",
        source="datadog",
        version=1,
        recorded_at=started_at,
        updated_at=started_at,
        facts=IncidentFacts(**{"started_at": started_at, "services": ("Checkout",), **facts}),
        orders={},
    )


def figures(page: Html) -> list[str]:
    """The numbers at the top."""
    return re.findall(r'class="figure[^>]*><strong>(?:<svg.*?</svg>)?([\d,+]+)', page.source)


def part(page: Html, begin: str, end: str) -> str:
    shown = page.text[page.text.index("Needs you") :]
    return shown[shown.index(begin) : shown.index(end)]


def needs(page: Html) -> str:
    return part(page, "Needs you", "What is failing")


def failing(page: Html) -> str:
    return part(page, "What is failing", "Running now")


@pytest.mark.both_stores
async def test_it_says_what_changed_what_fails_and_what_needs_somebody(site: Site) -> None:
    now, pen = site.now, site.pen
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=now - 99 * HOUR)
    await pen.record(at=now - timedelta(minutes=20), title="Lately")
    await pen.record(at=now - 3 * HOUR, title="Earlier today")
    await pen.record(at=now - 30 * HOUR, title="Yesterday")
    await pen.record(at=now - 2 * HOUR, title="Broken", state=State.FAILED, releases=(ELSEWHERE,))
    await pen.record(at=now - 40 * HOUR, title="Broken long ago", state=State.FAILED)
    await pen.record(at=now - timedelta(minutes=5), title="Rolling", state=State.IN_PROGRESS, lasted=None)
    await pen.record(at=now - 7 * HOUR, title="Hangs", state=State.IN_PROGRESS, lasted=None)
    await pen.record(at=now - 5 * HOUR, title="Slow", state=State.IN_PROGRESS, lasted=None)
    await pen.record(at=now + 900 * HOUR, title="In the far future")
    await pen.record(at=now - timedelta(minutes=9), title="Wants to go", state=State.PENDING, lasted=None, asks_for_gate=True)
    marked = replace(make_incident(site, 3, 9, title="Known", ended_at=now), marks=IncidentMarks(not_caused_by_deployment=True))
    incidents = [
        make_incident(site, 1, 1, title="Payments time out"),
        make_incident(site, 2, 8, title="Over already", ended_at=now - HOUR),
        marked,
        make_incident(site, 4, 24 * 60, title="Two months ago", ended_at=now - HOUR),
    ]
    await site.store.save_records(incidents)

    page = await site.page("/")

    # In the last hour: Lately, Rolling, Wants to go. In a day: those, Earlier today, Broken, Hangs, Slow.
    assert figures(page) == ["3", "7", "3", "1", "1"]
    assert "Payments time out" in failing(page)
    assert "Broken" in failing(page)
    assert not any(words in failing(page) for words in ("Over already", "Broken long ago", "Yesterday"))
    assert all(words in needs(page) for words in ("Approve or reject Wants to go", "Hangs", "Payments time out", "Over already"))
    assert not any(words in needs(page) for words in ("Slow", "Rolling", "Known", "Two months ago"))
    links = page.links()
    assert "/gates/GATE-1" in links
    assert f"/incidents/{incidents[0].incident_id}" in links
    assert "/deployments?state=in_progress" in links
    running = part(page, "Running now", "Recent deployments")
    assert running.index("Rolling") < running.index("Slow") < running.index("Hangs")


@pytest.mark.both_stores
async def test_what_failed_is_failing_until_something_ends_after_it_in_its_lane(site: Site) -> None:
    now, pen = site.now, site.pen
    await pen.create_service("Checkout", "bitbucket.org/acme/shop", "bitbucket.org/acme/till", at=now - 99 * HOUR)

    async def record(title: str, hours: float, *repositories: str, state: State = State.FAILED, **said: Any) -> None:
        releases = tuple((f"bitbucket.org/acme/{one}", "2" * 40) for one in repositories)
        lasted = None if state is State.IN_PROGRESS else HOUR / 4
        await pen.record(at=now - hours * HOUR, title=title, state=state, releases=releases, lasted=lasted, **said)

    ended = (State.SUCCESSFUL, State.ROLLED_BACK, State.FAILED, State.CANCELLED)
    for state in ended:
        await record(f"Followed by {state}", 9, state.value)
        await record(f"After: {state}", 8, state.value, state=state)
    await record("Followed by what is under way", 7, "a")
    await record("Under way", 6, "a", state=State.IN_PROGRESS)
    await record("Fails in staging", 7, "b", environment=STAGING)
    await record("Runs in production", 6, "b", state=State.SUCCESSFUL)
    await record("Half of it runs", 7, "c", "d")
    await record("The half", 6, "c", state=State.SUCCESSFUL)
    await record("Before another repository of the service", 7, "shop")
    await record("The other repository", 6, "till", state=State.SUCCESSFUL)
    await record("Without a service", 5)

    page = await site.page("/")

    failing_now = {"After: failed", "Followed by what is under way", "Fails in staging", "Half of it runs", "Without a service"}
    told = failing(page)
    titles = re.findall(r'id="failed-[^>]*>([^<]*)<', page.source)
    assert (set(titles), "All that failed" in told) == (failing_now, False)
    assert figures(page)[3] == "10"


async def test_nothing_is_failing_once_all_that_failed_was_followed(site: Site) -> None:
    await site.pen.record(at=site.now - 2 * HOUR, title="Broken", state=State.FAILED)
    await site.pen.record(at=site.now - HOUR, title="Mended")
    page = await site.page("/")
    assert "after each that failed, another one ended" in failing(page)
    assert figures(page)[3] == "1"


async def test_the_moment_of_the_last_look_stays_while_somebody_is_here_and_moves_when_they_come_back(site: Site) -> None:
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    place = (site.pen.organization_id, person.person_id)
    await site.pen.record(at=site.now - 2 * HOUR, title="While away")
    await site.pen.record(at=site.now - 9 * HOUR, title="Seen")
    await site.store.save_look(*place, Look(since=site.now - 99 * HOUR, seen_at=site.now - 3 * HOUR))

    assert figures(await site.page("/"))[1] == "1"
    assert figures(await site.page("/"))[1] == "1", "looking again does not move it"
    kept = await site.store.find_look(*place)
    assert kept is not None
    assert (kept.since, kept.seen_at > site.now - HOUR) == (site.now - 3 * HOUR, True)

    other = Html((await site.get("/", role=Role.VIEWER)).text)
    assert figures(other)[1] == "2", "another person has a moment of their own: a day, at first"


async def test_who_has_never_looked_sees_what_changed_in_a_day_and_not_since_they_looked(site: Site) -> None:
    await site.pen.record(at=site.now - 2 * HOUR)
    for _ in range(2):
        text = (await site.page("/")).text
        assert ("Changed in 24 hours" in text, "since you last looked" in text) == (True, False)
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    place = (site.pen.organization_id, person.person_id)
    kept = await site.store.find_look(*place)
    assert kept is not None
    await site.store.save_look(*place, Look(since=kept.seen_at - 2 * HOUR, seen_at=kept.seen_at + HOUR / 60))
    assert "since you last looked" in (await site.page("/")).text


async def test_what_starts_in_the_future_is_counted_as_in_the_lists_and_heads_nothing(site: Site) -> None:
    await site.pen.record(at=site.now - HOUR / 2, title="Begun")
    for state, title in ((State.IN_PROGRESS, "Planned"), (State.FAILED, "Wrong clock")):
        await site.pen.record(at=site.now + 2 * HOUR, title=title, state=state, lasted=None)
    await site.pen.record(at=site.now + 99 * HOUR, title="Far ahead", state=State.IN_PROGRESS, lasted=None)
    page = await site.page("/")
    recent = page.text[page.text.index("Recent deployments") :]
    assert ("Begun" in recent, "Planned" in recent, "Wrong clock" in recent) == (True, False, False)
    links = [one["href"] for one in page.all("a") if one.get("class", "").startswith("figure")][:4]
    listed = []
    for link in links:
        found = (await site.page(link)).links()
        listed.append(len({one for one in found if re.fullmatch("/deployments/[0-9a-f-]{36}", one)}))
    assert figures(page)[:4] == [str(one) for one in listed]


async def test_a_page_that_asks_again_by_itself_is_no_look(site: Site) -> None:
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    await site.pen.record(at=site.now)
    await site.poll("/?seen=x")
    assert await site.store.find_look(site.pen.organization_id, person.person_id) is None


async def test_a_page_that_is_left_open_hears_204_until_something_happens(site: Site) -> None:
    await site.pen.record(at=site.now - HOUR / 2, title="Known")
    await site.pen.record(at=site.now - HOUR / 3, title="Broken", state=State.FAILED)
    again = (await site.page("/")).all("div", id="live")[0]["hx-get"]
    assert (await site.poll(again)).status_code == 204
    await site.pen.record(at=site.now, title="New")
    assert "New" in (await site.poll(again)).text


async def test_a_wallboard_shows_the_last_day_and_no_sources(site: Site) -> None:
    await site.pen.record(at=site.now - 20 * HOUR)
    await leave_silent(site)
    desk = SettingsDesk(site.store, AskingStore(site.store, site.clock), InstallationSettings(Settings()))
    await desk.change(site.pen.organization_id, WHOLE_ORGANIZATION, {READERS: EVERYBODY}, by=TESTER)
    page = Html((await site.get("/", cookies={})).text)
    assert "Changed in 24 hours" in page.text
    assert "since you last looked" not in page.text
    assert "bitbucket-ci" not in page.text


async def leave_silent(site: Site) -> None:
    week_ago = site.now - 24 * 9 * HOUR
    await site.store.add_uses(
        site.pen.organization_id, [Use(site.pen.organization_id, site.pen.credential_id, week_ago, week_ago)]
    )


async def test_a_silent_source_is_told(site: Site) -> None:
    await site.pen.record(at=site.now)
    await leave_silent(site)
    assert "bitbucket-ci has sent nothing since" in needs(await site.page("/"))


async def test_words_of_senders_are_shown_as_they_are(site: Site) -> None:
    await site.pen.record(
        at=site.now - HOUR / 2,
        title=NASTY,
        state=State.FAILED,
        environment=replace(PRODUCTION, name=NASTY),
        releases=(("bitbucket.org/acme/x", NASTY),),
    )
    await site.pen.record(at=site.now - 9 * HOUR, title=NASTY, state=State.IN_PROGRESS, lasted=None)
    await site.store.save_records([make_incident(site, 1, 1, title=NASTY, services=(NASTY,), severity=NASTY)])
    text = (await site.get("/")).text
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert") >= 4


async def test_more_than_fit_are_counted_and_lead_to_their_list(site: Site) -> None:
    for number in range(9):
        await site.pen.record(
            at=site.now - timedelta(minutes=number),
            title=f"F{number}",
            state=State.FAILED,
            lasted=None,
            releases=((f"a.example/b/{number}", "3" * 40),),
        )
    await site.store.save_records([make_incident(site, number, number / 10, title=f"I{number}") for number in range(9)])
    page = await site.page("/")
    assert "All that failed" in failing(page)
    assert "All incidents" in failing(page)
    assert "9 incidents of the last 30 days have no cause" in needs(page)
    assert figures(page)[3:] == ["9", "9"]
