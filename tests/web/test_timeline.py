"""``/timeline``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shipledger.ledger.state import State
from tests.support.pen import PRODUCTION, STAGING
from tests.support.site import Html, Site
from tests.web.test_home import NASTY, make_incident

HOUR = timedelta(hours=1)
CHECKOUT = "bitbucket.org/acme/checkout"
PAYMENTS = "bitbucket.org/acme/payments"


def titles(page: Html) -> list[str]:
    """What the marks are called."""
    return [" ".join(one.split()) for one in re.findall(r"<a [^>]*class=\"mark[^>]*><title>(.*?)</title>", page.source)]


def lanes(page: Html) -> list[str]:
    return [found["aria-label"] for found in page.all("svg") if "lane-picture" in found.get("class", "")]


@pytest.mark.both_stores
async def test_it_shows_lanes_with_deployments_and_incidents(site: Site) -> None:
    now = site.now
    await site.pen.create_service("Checkout", CHECKOUT, at=now - 999 * HOUR)
    await site.pen.create_service("Payments", PAYMENTS, at=now - 999 * HOUR)
    for title, hours, lasted, state, environment in (
        ("Four", 4, 2 * HOUR, State.SUCCESSFUL, PRODUCTION),
        ("Broken", 1, HOUR / 6, State.FAILED, STAGING),
        ("Years", 5 * 365 * 24, 5 * 365 * 24 * HOUR - 3 * HOUR, State.SUCCESSFUL, PRODUCTION),
        ("Hangs", 70, None, State.IN_PROGRESS, PRODUCTION),
        ("Before", 30, HOUR, State.SUCCESSFUL, PRODUCTION),
    ):
        releases = ((CHECKOUT, f"{len(title):040}"),)
        await site.pen.record(
            at=now - hours * HOUR, lasted=lasted, state=state, environment=environment, releases=releases, title=title
        )
    await site.pen.record(at=now - 2 * HOUR, releases=((PAYMENTS, "1" * 40),), title="Pay")
    await site.pen.record(at=now + 9_999 * HOUR, releases=((PAYMENTS, "2" * 40),), title="In the far future")
    await site.store.save_records(
        [make_incident(site, 1, 3, title="Carts are empty"), make_incident(site, 2, 90, title="Gone", ended_at=now - 80 * HOUR)]
    )

    page = await site.page("/timeline")

    assert lanes(page) == ["Incidents", "Checkout, Production", "Checkout, staging-eu", "Payments, Production"]
    told = titles(page)
    assert told[0].startswith("Incident Carts are empty: open")
    assert [one.partition(":")[0] for one in told[1:]] == ["Years", "Hangs", "Four", "Broken", "Pay", "In the far future"]
    assert "took 2 h" in told[3]
    assert "begins before this time" in told[1]
    assert "goes beyond this time" in told[-1]
    assert page.source.count('class="band"') == 2, "the incident struck both lanes of the service"
    assert "/services/checkout" in page.links()

    assert lanes(await site.page("/timeline?service=payments")) == ["Payments, Production"]
    assert lanes(await site.page("/timeline?tier=staging&range=7d"))[1:] == ["Checkout, staging-eu"]
    assert lanes(await site.page("/timeline?environment=staging-eu"))[1:] == ["Checkout, staging-eu"]
    assert lanes(await site.page("/timeline?service=none")) == []
    day = (now - 30 * HOUR - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    hour = (now - 29 * HOUR).strftime("%Y-%m-%dT%H:%M")
    assert "Before" in [one.partition(":")[0] for one in titles(await site.page(f"/timeline?from={day}&to={hour}"))]


async def test_what_has_no_known_service_has_a_lane_of_its_own(site: Site) -> None:
    await site.pen.record(at=site.now - HOUR, releases=(("github.com/acme/lonely", "1" * 40),))
    await site.pen.record(at=site.now - HOUR, releases=(), services=("ghost",))
    await site.pen.record(at=site.now - HOUR, releases=())
    found = lanes(await site.page("/timeline"))
    assert found == ["No service, Production", "ghost, Production", "github.com/acme/lonely, Production"]


async def test_repeats_and_crowds_lead_to_their_list(site: Site) -> None:
    for number in range(3):
        await site.pen.record(at=site.now - (5 - number) * HOUR, title=f"Again {number}")
    page = await site.page("/timeline")
    assert [one.partition(",")[0] for one in titles(page)] == [
        "Again 0: Successful",
        "2 deployments of the same commit again: Successful",
    ]
    group = next(one for one in page.all("a") if "several" in one.get("class", ""))
    listed = await site.page(group["href"])
    assert ["Again 0" in listed.text, "Again 1" in listed.text, "Again 2" in listed.text] == [False, True, True]


@pytest.mark.parametrize(
    "query, words",
    [
        ("from=x", "is not a time"),
        ("from=2026-03-02&to=2026-03-01", "must end after it begins"),
        ("from=2026-03-02T10:00&to=2026-03-02T10:00", "must end after it begins"),
        ("range=9y", "There is no range"),
        ("tier=gold", "There is no tier"),
        ("from=%00&to=%ff&service=%00&team=%ED%A0%80&skip=%C2%B2", "is not a time"),
        ("from=0001-01-01&to=9999-12-31", "Zoom out"),
        ("from=9999-12-31T23:59:59&service=x", "Zoom out"),
        ("to=0001-01-01", "Zoom out"),
        ("from=2016-01-01&to=2026-01-01", "Zoom out"),
        ("from=2026-03-29T00:59:59.999999%2B01:00&to=2026-03-29T01:00%2B01:00", "Zoom out"),
        ("skip=99999", "Zoom out"),
    ],
)
async def test_whatever_time_is_asked_for_there_is_a_page_that_can_be_left(one_site: Site, query: str, words: str) -> None:
    page = await one_site.page(f"/timeline?{query}")
    assert words in page.text
    for link in [found["href"] for found in page.all("a") if found.get("data-page-key")]:
        await one_site.page(link)


async def test_zooming_halves_and_doubles_the_time(site: Site) -> None:
    await site.pen.record(at=datetime(2026, 3, 29, 1, tzinfo=UTC))
    page = await site.page("/timeline?from=2026-03-28T23:00&to=2026-03-29T23:00&service=")
    ways = {found["id"]: found["href"] for found in page.all("a") if found.get("data-page-key")}
    assert ways == {
        "earlier": "/timeline?from=2026-03-28T11%3A00%3A00Z&to=2026-03-29T11%3A00%3A00Z",
        "later": "/timeline?from=2026-03-29T11%3A00%3A00Z&to=2026-03-30T11%3A00%3A00Z",
        "closer": "/timeline?from=2026-03-29T05%3A00%3A00Z&to=2026-03-29T17%3A00%3A00Z",
        "further": "/timeline?from=2026-03-28T11%3A00%3A00Z&to=2026-03-30T11%3A00%3A00Z",
    }
    assert len(titles(page)) == 1


async def test_words_of_senders_are_shown_as_they_are(site: Site) -> None:
    environment = replace(PRODUCTION, name=NASTY * 9)
    await site.pen.record(at=site.now - HOUR, title=NASTY, environment=environment, releases=(), services=(NASTY * 99,))
    await site.store.save_records([make_incident(site, 1, 3, title=NASTY, services=(NASTY,))])
    source = (await site.get("/timeline")).text
    assert "<script>alert" not in source
    assert source.count("&lt;script&gt;alert") >= 4
    assert all(words in source for words in ("\u2069: open", "\u2069: Successful")), "a title turned what we say of it"


async def test_many_lanes_have_pages(site: Site) -> None:
    for number in range(63):
        environment = replace(PRODUCTION, id=f"e{number}", name=f"run-{number:03}")
        await site.pen.record(at=site.now - HOUR, environment=environment)
    page = await site.page("/timeline")
    assert len(lanes(page)) == 60
    (more,) = page.all("a", id="page-next")
    assert "3 more lanes" in page.text
    assert len(lanes(await site.page(more["href"]))) == 3


async def test_a_time_with_too_much_says_what_is_not_drawn(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipledger.performing.timeline.DEPLOYMENTS_READ", 2)
    for number in range(4):
        await site.pen.record(
            at=site.now - number * 5 * HOUR, title=f"T{number}", releases=(("github.com/acme/x", f"{number:040}"),)
        )
    page = await site.page("/timeline")
    assert [one.partition(":")[0] for one in titles(page)] == ["T1", "T0"]
    assert "The newest are drawn" in page.text
    hatched = page.all("rect")[0]
    assert (hatched["class"], hatched["x"]) == ("not-drawn", "0")
    assert 700 < float(hatched["width"]) < 720, "19 of 24 hours of 900 pixels"


async def test_the_page_stays_small_with_hundreds_of_services_and_environments(site: Site) -> None:
    now = site.now
    for number in range(500):
        await site.pen.create_service(f"Service {number}", f"github.com/acme/s{number}", at=now - 99 * HOUR)
    for number in range(300):
        environment = replace(PRODUCTION, id=f"run-{number}", name=f"Run {number}")
        releases = ((f"github.com/acme/s{number}", "1" * 40),)
        await site.pen.record(at=now - timedelta(minutes=number), environment=environment, releases=releases)
    answer = await site.get("/timeline")
    page = Html(answer.text)
    assert (len(lanes(page)), len(titles(page)), len(answer.content) < 200_000) == (60, 60, True)
    assert "240 more lanes" in page.text


async def test_an_empty_time_leads_on(one_site: Site) -> None:
    page = await one_site.page("/timeline?range=1h")
    assert "Nothing was under way in this time" in page.text
    assert "/timeline?range=30d" in page.links()


async def test_a_page_that_asks_again_hears_204_until_something_happens(site: Site) -> None:
    page = await site.page("/timeline?from=2026-03-28&to=2026-03-29")
    assert "hx-get" not in page.all("div", id="live")[0]
    page = await site.page("/timeline?range=1h")
    again = page.all("div", id="live")[0]["hx-get"]
    await site.pen.record(at=site.now, title="The first one")
    answer = await site.poll(again)
    assert "The first one" in answer.text
    assert 'id="range-7d"' in answer.text
