"""``/deployments``."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from shipledger.http.packing import pack
from shipledger.ledger.authors import Author, hash_address
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment
from shipledger.web.pages import deployments
from tests.support.pen import STAGING, Pen
from tests.support.people import TESTER, add_person, members_of, sign_in
from tests.support.sample import CHECKOUT, write_week
from tests.support.services import directory_of
from tests.support.site import COOKIE, Html, Site

KILOBYTE = 1_000
OTHER = (("github.com/acme/search", "beef"),)


def titles(page: Html) -> list[str]:
    return [found["id"] for found in page.all("a") if found.get("id", "").startswith("deployment-")]


async def _write_pair(site: Site) -> None:
    await site.pen.record(at=site.now - timedelta(hours=1), title="Alpha", external_id="build-1", actor="octocat")
    await site.pen.record(
        at=site.now, title="Beta", environment=STAGING, state=State.FAILED, releases=OTHER, description="50% off_"
    )
    await site.pen.create_service("Checkout", CHECKOUT, at=site.now)


NARROWED = {
    "": {"Alpha", "Beta"},
    "state=failed": {"Beta"},
    "tier=production": {"Alpha"},
    "environment=staging-eu": {"Beta"},
    "repository=bitbucket.org/acme/CHECKOUT": {"Alpha"},
    "service=checkout": {"Alpha"},
    "source=opsgenie": {"Alpha", "Beta"},
    "source=jira": set(),
    "person=OctoCat": {"Alpha"},
    "person=nobody": set(),
    "team=nobody": set(),
    "text=ALPHA": {"Alpha"},
    "text=build-1": {"Alpha"},
    "text=50%25+off_": {"Beta"},
    "text=%25": {"Beta"},
    "state=failed&tier=production": set(),
    "state=&tier=&text=": {"Alpha", "Beta"},
}
TIMES = {
    "": "0123",
    "range=1h": "0",
    "range=24h": "01",
    "range=7d": "012",
    "range=30d": "0123",
    "from={h25}&range=1h": "01",
    "to={h25}": "23",
    "from={h49}&to={h1}": "12",
    "from={day}": "?",
    "to={day}": "?",
    "from={h1}&to={h49}": "",
}
WHEN = (timedelta(minutes=30), timedelta(hours=23), timedelta(days=2), timedelta(days=20))
UNUSABLE = (
    "range=1y",
    "from=nonsense",
    "to=2026-13-01",
    "from=0001-01-01T00:00%2B14:00",
    "to=9999-12-31",
    "state=exploded",
    "tier=moon",
    "before=nonsense",
    "service=nobody",
    "before=5",
)
HOSTILE = (
    "text=%00",
    "text=%ED%A0%80",
    "environment=%00%FF",
    "limit=-1",
    "limit=9999999999999999999999",
    "before=99999999999999999999999999.x",
    "before=-1.x",
    "before=999999999999999999.%00",
    "before=9999999999999999999.x",
    "service=%00",
    "person=%00%ED%A0%80",
    "team=" + "a" * 3000,
    "repository=" + "a" * 3000,
)


@pytest.mark.both_stores
async def test_the_url_narrows_the_table_and_hostile_filters_never_break_it(site: Site) -> None:
    await _write_pair(site)
    shown = {}
    for query in NARROWED:
        text = (await site.page(f"/deployments?{query}")).text
        shown[query] = {title for title in ("Alpha", "Beta") if title in text}
    assert shown == NARROWED
    assert {query: (await site.get(f"/deployments?{query}")).status_code for query in HOSTILE} == dict.fromkeys(HOSTILE, 200)


async def test_a_time_narrows_the_table(site: Site) -> None:
    for number, ago in enumerate(WHEN):
        await site.pen.record(at=site.now - ago, title=f"Number {number}", lasted=None)
    hours = {f"h{one}": (site.now - timedelta(hours=one)).strftime("%Y-%m-%dT%H:%M") for one in (1, 25, 49)}
    day = (site.now - WHEN[0]).date().isoformat()
    shown = {}
    for query in TIMES:
        text = (await site.page(f"/deployments?{query.format(**hours, day=day)}")).text
        shown[query] = "".join(str(number) for number in range(4) if f"Number {number}" in text)
    assert {one: found for one, found in shown.items() if "day" not in one} == {
        one: found for one, found in TIMES.items() if "day" not in one
    }
    assert "0" in shown["from={day}"]
    assert shown["to={day}"] == "0123"
    page = await site.page(f"/deployments?from={hours['h49']}&to=2026-01-02T00:00:00%2B02:00")
    assert page.all("input", id="from")[0]["value"] == hours["h49"]
    assert page.all("input", id="to")[0]["value"] == "2026-01-01T22:00"


async def test_each_line_has_its_services(site: Site) -> None:
    service = await site.pen.create_service("Checkout", CHECKOUT, at=site.now)
    for number, services in enumerate(((), ("checkout", "<b>x</b>"), ("unheard-of",))):
        await site.pen.record(at=site.now - timedelta(hours=number), title=f"Number {number}", services=services)
    await site.pen.record(at=site.now - timedelta(hours=3), title="Number 3", releases=OTHER)
    await site.pen.record(at=site.now - timedelta(hours=4), title="Number 4", releases=())
    page = await site.page("/deployments")
    rows = page.text[page.text.index("Number 0") :]
    assert [found["href"] for found in page.all("a") if found.get("id", "").startswith("service-")] == [
        f"/services/{service.service_id}",
        f"/services/{service.service_id}",
    ]
    for words in ("Number 0 Checkout", "Number 1 checkout +1", "Number 2 unheard-of", "Number 3 acme/search", "Number 4 none"):
        assert words in " ".join(rows.split()), rows


async def test_filters_stay_chosen_in_the_form_and_one_that_cannot_be_used_is_told(site: Site) -> None:
    await _write_pair(site)
    page = await site.page("/deployments?state=failed&text=eta&environment=staging-eu&limit=25")
    assert {found["value"] for found in page.all("option") if "selected" in found} - {""} == {"failed", "staging-eu", "25"}
    assert page.all("input", id="text")[0]["value"] == "eta"
    for query in UNUSABLE:
        assert (await site.page(f"/deployments?{query}")).all("p", **{"class": "notice"}), query


@pytest.mark.both_stores
async def test_paging_shows_every_deployment_once_in_order(site: Site) -> None:
    for number in range(60):
        started_at = site.now - timedelta(minutes=number // 3)  # several begin at one moment
        await site.pen.record(at=started_at, title=f"Number {number}", lasted=None)
    seen: list[str] = []
    path = "/deployments?limit=25&state=successful"
    sizes = []
    while path:
        page = await site.page(path)
        found = titles(page)
        sizes.append(len(found))
        seen += found
        older = page.all("a", id="page-older")
        path = older[0]["href"] if older else ""
        assert not path or parse_qs(urlsplit(path).query)["state"] == ["successful"]
    assert sizes == [25, 25, 10]
    assert len(set(seen)) == 60


@pytest.mark.both_stores
async def test_paging_goes_on_behind_a_deployment_that_nobody_said_the_start_of(site: Site) -> None:
    for number in range(60):
        _, verdict = await site.pen.record(at=site.now - timedelta(minutes=number), title=f"Number {number}", lasted=None)
        assert verdict.deployment_id
        await site.pen.amend(verdict.deployment_id, at=site.now, started_at=None)
    seen: list[str] = []
    path = "/deployments?limit=25"
    while path and len(seen) < 100:
        page = await site.page(path)
        seen += titles(page)
        older = page.all("a", id="page-older")
        path = older[0]["href"] if older else ""
    assert len(seen) == len(set(seen)) == 60


async def test_an_older_page_leads_back_to_the_newest(site: Site) -> None:
    for number in range(30):
        await site.pen.record(at=site.now - timedelta(minutes=number), lasted=None)
    first = await site.page("/deployments?limit=25")
    assert not first.all("a", id="page-newest")
    second = await site.page(first.all("a", id="page-older")[0]["href"])
    assert second.all("a", id="page-newest")[0]["href"] == "/deployments?limit=25"


async def test_the_script_gets_the_table_only_when_it_changed_and_with_the_same_filters(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now, title="Alpha", state=State.IN_PROGRESS, lasted=None)
    await site.pen.record(at=site.now, title="Beta", environment=STAGING)
    page = await site.page("/deployments?tier=production")
    again = page.all("div", id="live")[0]["hx-get"]
    assert "tier=production" in again
    assert (await site.poll(again)).status_code == 204
    await site.pen.change(verdict.deployment_id or "", State.SUCCESSFUL, at=site.clock.now())
    answer = await site.poll(again)
    assert "Successful" in answer.text
    assert "Beta" not in answer.text
    assert "<form" not in answer.text
    assert Html(answer.text).all("div", id="live")[0]["hx-get"] != again


async def test_an_empty_ledger_says_what_to_do(site: Site) -> None:
    page = await site.page("/deployments")
    assert "shipledger credential create opsgenie" in page.text


async def test_a_service_without_deployments_says_how_to_map_a_repository(site: Site) -> None:
    await write_week(site.pen, site.now)
    page = await site.page("/deployments?service=warehouse")
    assert "shipledger service map-repository warehouse" in page.text


async def test_an_end_before_the_start_is_marked(site: Site) -> None:
    await site.pen.record(at=site.now, lasted=timedelta(minutes=-5))
    assert "clock problem" in (await site.page("/deployments")).text


async def test_another_organization_is_never_shown(site: Site, pen: Pen) -> None:
    await pen.record(at=site.now, title="Alpha")
    rival = await directory_of(site.store).create_organization("rival", "Rival")
    person = await add_person(site.store, rival.organization_id, clock=site.clock)
    visit = await sign_in(site.store, person, pen.organization_id, clock=site.clock)
    answer = await site.get("/deployments", cookies={COOKIE: visit.secret})
    assert (answer.status_code, "Alpha" in answer.text) == (200, False)


async def test_what_is_said_to_begin_in_the_future_has_not_lasted_yet(site: Site) -> None:
    await site.pen.record(at=site.now + timedelta(days=400), state=State.IN_PROGRESS, lasted=None)
    page = await site.get("/deployments")
    assert "starts later" in page.text
    assert "so far" not in page.text


@pytest.mark.both_stores
async def test_rows_say_who_deployed_by_name_and_lead_to_all_of_the_same(site: Site) -> None:
    author = Author(hash_address(site.pen.organization_id, "bob@example.com"), "Bob <b> \u202e")
    commit = "c0ffee" * 6 + "c0ff"
    await site.pen.record(at=site.now, title="Alpha", actor="octocat")
    await site.pen.record(at=site.now, title="Beta", releases=(("example.com/a/b", commit),), authors={commit: author})
    person = await add_person(site.store, site.pen.organization_id, name="Ada", clock=site.clock)
    page = await site.page("/deployments")
    links = {one["href"] for one in page.all("a") if one.get("id", "").startswith("by-")}
    assert links == {"/deployments?person=octocat", "/deployments?person=Bob+%3Cb%3E+%E2%80%AE"}
    assert "wrote c0ffee" not in page.text, "the commit has a column of its own"
    members = members_of(site.store, site.clock)
    _, member = await members.get(site.pen.organization_id, person.email)
    await members.know_as(site.pen.organization_id, member, adds=["OCTOCAT", "bob@example.com"], by=TESTER)
    page = await site.page(f"/deployments?person={person.person_id}")
    assert {one["title"] for one in page.all("a") if one.get("id", "").startswith("by-")} == {
        "sent as “octocat”",
        "author “\u2068Bob <b> \u202e\u2069”",
    }
    assert page.all("input", id="person")[0]["value"] == "Ada"
    assert "Ada" in [one["value"] for one in page.all("option")]
    titled = dict(zip(("Alpha", "Beta"), ("sent as “octocat”", "wrote c0ffee"), strict=True))
    for link in {one["href"] for one in page.all("a") if one.get("id", "").startswith("deployment-")}:
        text = (await site.page(link)).text
        (told,) = (words for title, words in titled.items() if title in text)
        assert "Deployed by Ada" in text
        assert told in text


async def test_a_list_of_fifty_is_far_below_what_a_page_may_weigh(site: Site):
    for number in range(60):
        title = f"{number} " + "A title of some length that somebody gave it" * 3
        await site.pen.record(at=site.now - timedelta(hours=number), title=title, actor=f"person-{number}")
    answer = await site.get("/deployments", headers={"Accept-Encoding": "gzip"})
    assert len(pack(answer.content)) < 20 * KILOBYTE


async def test_thousands_of_environments_do_not_make_the_page_heavy(site: Site) -> None:
    for number in range(3):
        await site.pen.record(at=site.now, environment=Environment(id=f"pr-{number}", name=f"pr-{number}", tier=Tier.TESTING))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deployments, "CHOICES_SHOWN", 2)
        page = await site.page("/deployments?environment=pr-2")
    offered = [one["value"] for one in page.all("option") if one.get("value", "").startswith("pr-")]
    assert len(offered) == 3, "two of them, and the one that was asked for"
    assert "pr-2" in offered
