"""``/projects/{KEY}``: what a project has shipped, how far, and how often."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from shipledger.ledger.state import State
from tests.support.shipping import DEVELOPMENT, NAMELESS, PRODUCTION, STAGING, TESTING, ship, ship_all
from tests.support.site import Html, Site

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def group_of(page: Html, name: str) -> str:
    return page.text.partition(name)[2][:60]


async def test_issues_stand_by_how_far_they_have_shipped(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now, number=1, environment=STAGING)
    await ship(site.pen, "SHIP-1", "SHIP-2", at=site.now, number=2, environment=PRODUCTION)
    await ship(site.pen, "SHIP-3", at=site.now, number=3, environment=STAGING)
    await ship(site.pen, "SHIP-3", at=site.now, number=4, environment=PRODUCTION, state="failed")
    await ship(site.pen, "SHIP-4", at=site.now, number=5, environment=TESTING, state="failed")
    await ship(site.pen, "SHIP-5", at=site.now, number=6, environment=NAMELESS)
    page = await site.page("/projects/ship")
    assert "SHIP-1 Successful SHIP-2 Successful" in group_of(page, "In production 2")
    assert group_of(page, "In staging, not in production 1").startswith(" SHIP-3 Successful")
    assert group_of(page, "Only in unmapped environments 1").startswith(" SHIP-5 Successful")
    assert group_of(page, "Failed 1").startswith(" SHIP-4 Failed")


async def test_what_succeeded_nowhere_is_told_apart_by_what_became_of_it(site: Site) -> None:
    states = (State.FAILED, State.CANCELLED, State.ROLLED_BACK, State.IN_PROGRESS, State.PENDING)
    for number, state in enumerate(states, start=1):
        await site.pen.record(at=site.now - timedelta(hours=number), state=state, issue_keys=(f"SHIP-{number}",))
    page = await site.page("/projects/SHIP")
    groups = {"Failed 1": "SHIP-1", "Cancelled 1": "SHIP-2", "Rolled back 1": "SHIP-3", "On its way 2": "SHIP-4"}
    for heading, key in groups.items():
        assert group_of(page, heading).strip().startswith(key), heading
    assert "Nowhere yet" not in page.text


async def test_deployments_that_brought_commits_are_shown(site: Site) -> None:
    commits = {"associationType": "commit", "values": [{"commitHash": "b00152456cf4", "repositoryId": "de7fbebffabe"}] * 2}
    issues = {"associationType": "issueKeys", "values": ["SHIP-1"]}
    await ship(site.pen, at=site.now, number=1, associations=[issues, commits])
    await ship(site.pen, at=site.now, number=2, associations=[issues, commits])
    assert "Release 2" in (await site.page("/projects/SHIP")).text


async def test_a_project_whose_name_needs_quoting_keeps_itself_current(site: Site) -> None:
    for name in ("A B", "A%B", "A?B", "A#B", "A/B", "Ä"):
        await site.pen.record(at=site.now, issue_keys=(f"{name}-1",), title=f"Of {name}")
        page = await site.page(f"/projects/{quote(name, safe='')}")
        assert f"Of {name}" in page.text
        (live,) = [found["hx-get"] for found in page.all("div") if "hx-get" in found]
        assert (await site.poll(live)).status_code == 204
        assert f"Of {name}" in (await site.poll(live.replace("seen=", "seen=not-"))).text


async def test_only_the_issues_of_the_project_are_shown(site: Site) -> None:
    await ship(site.pen, "SHIP-1", "SHIPPING-1", at=site.now)
    await site.pen.record(at=site.now, title="Of none", issue_keys=("10042",))
    page = await site.page("/projects/SHIP")
    assert "SHIPPING-1" not in page.text
    assert "Of none" not in page.text
    assert "/issues/SHIP-1" in page.links()


async def test_the_list_is_narrowed_by_tier_and_by_environment(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now, number=1, environment=STAGING)
    await ship(site.pen, "SHIP-1", at=site.now + HOUR, number=2, environment=PRODUCTION)
    everything = await site.page("/projects/SHIP")
    assert everything.text.index("Release 2") < everything.text.index("Release 1")
    for wanted in ("tier:production", "id:prod"):
        page = await site.page(f"/projects/SHIP?environment={wanted}")
        assert "Release 2" in page.text
        assert "Release 1" not in page.text
        assert [found["value"] for found in page.all("option") if "selected" in found] == [wanted, "30"]
    assert "No matching deployments" in (await site.page("/projects/SHIP?environment=id:elsewhere")).text


async def test_environments_whose_ids_are_made_for_each_run_are_one_in_the_filter(site: Site) -> None:
    for number in (1, 2):
        await ship(site.pen, "SHIP-1", at=site.now, number=number, environment=PRODUCTION | {"id": f"workflow-{number}"})
    await ship(site.pen, "SHIP-1", at=site.now, number=3, environment=STAGING)
    options = [found["value"] for found in (await site.page("/projects/SHIP")).all("option")]
    assert [value for value in options if value.startswith(("id:", "name:"))] == ["name:Prod EU", "id:stage"]
    page = await site.page("/projects/SHIP?environment=name%3APROD%20EU")
    assert ("Release 1" in page.text, "Release 2" in page.text, "Release 3" in page.text) == (True, True, False)


@pytest.mark.parametrize("query", ["environment=tier:moon", "environment=%00", "before=%00", "before=zzz", "environment=id:"])
async def test_a_hostile_filter_never_breaks_the_page(site: Site, query: str) -> None:
    await ship(site.pen, "SHIP-1", at=site.now)
    assert "Release 41" in (await site.page(f"/projects/SHIP?{query}")).text


async def test_the_list_has_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipledger.web.pages.project.PAGE_SIZE", 2)
    for number in range(5):
        await ship(site.pen, "SHIP-1", at=site.now + number * HOUR, number=number)
    seen, page = [], await site.page("/projects/SHIP")
    while True:
        seen += [number for number in range(5) if f"Release {number} " in page.text]
        older = page.all("a", id="page-older")
        if not older:
            break
        page = await site.page(older[0]["href"])
    assert sorted(seen) == list(range(5))


async def test_each_issue_stands_where_it_is_whatever_was_deployed_since(site: Site) -> None:
    """More than the page reads of an issue, and of a project."""
    later = [
        {
            "at": site.now + n * MINUTE,
            "number": 10 + n,
            "environment": DEVELOPMENT,
            "state": "failed",
            "issues": ["SHIP-1", "SHIP-2"],
        }
        for n in range(350)
    ]
    await ship_all(
        site.pen,
        {"at": site.now, "number": 1, "issues": ["SHIP-1"]},
        {"at": site.now, "number": 2, "issues": ["SHIP-3"]},
        {"at": site.now, "number": 3, "issues": ["SHIP-3"], "environment": DEVELOPMENT},
        *later,
    )
    page = await site.page("/projects/SHIP")
    assert "SHIP-1 Successful" in group_of(page, "In production 2")
    assert "SHIP-2 Failed" in group_of(page, "Failed 1")


async def test_the_list_is_by_when_it_happened_in_whatever_order_it_was_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipledger.web.pages.project.PAGE_SIZE", 7)
    order = [3, 11, 0, 14, 8, 5, 1, 12, 9, 2, 13, 4, 7, 10, 6]
    await ship_all(site.pen, *({"at": site.now - n * HOUR, "accepted_at": site.now, "number": n} for n in order))
    seen: list[int] = []
    page = await site.page("/projects/SHIP")
    while True:
        listed = page.text.partition("Environment Issues Started")[2]
        seen += sorted((n for n in range(15) if f"Release {n} " in listed), key=lambda n: listed.index(f"Release {n} "))
        older = page.all("a", id="page-older")
        if not older:
            break
        page = await site.page(older[0]["href"])
    assert seen == list(range(15))


async def test_successes_in_production_are_counted_once_in_their_week(site: Site) -> None:
    monday = (site.now - timedelta(days=site.now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    number = 0
    for weeks in (1, 2, 3, 4):
        for _ in range(3):
            number += 1
            await ship(site.pen, "SHIP-1", "SHIP-2", at=monday - weeks * timedelta(weeks=1), number=number)
    for changes in ({"state": "failed"}, {"environment": STAGING}, {"state": "rolled_back"}, {}):
        number += 1
        await ship(site.pen, "SHIP-1", at=site.now, number=number, **changes)
    await ship(site.pen, "SHIP-1", at=site.now, number=number, update=2)
    for later in ({"state": "rolled_back"}, {"state": "in_progress"}, {"state": "successful"}):
        number += 1
        await ship(site.pen, "SHIP-1", at=monday - timedelta(weeks=5), number=number)
        await ship(site.pen, "SHIP-1", at=site.now, number=number, update=2, **later)
    text = (await site.page("/projects/SHIP")).text
    assert "Deployments to production 1 this week 1.2 a week on average over the 12 weeks before." in text


async def test_too_few_weeks_have_no_average(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now - timedelta(weeks=1))
    assert "No average yet: 1 of the 12 weeks before has successful deployments" in (await site.page("/projects/SHIP")).text


async def test_a_project_that_nothing_names_says_what_to_do(site: Site) -> None:
    page = await site.page("/projects/new")
    assert "No deployment references an issue of NEW" in page.text
    assert '"NEW-1"' in page.text


async def test_the_page_updates_itself_only_when_something_changed(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now)
    address = (await site.page("/projects/SHIP")).all("div", id="live")[0]["hx-get"]
    assert (await site.poll(address)).status_code == 204
    await ship(site.pen, "SHIP-9", at=site.now, number=42)
    assert "SHIP-9" in (await site.poll(address)).text


def marks_of(page: Html) -> list[str]:
    return [found["href"] for found in page.all("a") if "mark" in found.get("class", "").split()]


async def test_the_timeline_has_a_row_for_each_issue_and_a_mark_for_each_deployment(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now - 60 * HOUR, number=1, environment=STAGING)
    await ship(site.pen, "SHIP-1", "SHIP-2", at=site.now - HOUR, number=2, environment=PRODUCTION, state="failed")
    page = await site.page("/projects/SHIP")
    assert len(marks_of(page)) == 3
    assert len(set(marks_of(page))) == 2
    assert "Release 2 → Prod EU (Production): Failed" in page.source
    assert (await site.get(marks_of(page)[0])).status_code == 200


async def test_the_timeline_is_narrowed_by_environment_and_time(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now - 24 * 20 * HOUR, number=1, environment=STAGING)
    await ship(site.pen, "SHIP-1", at=site.now - HOUR, number=2, environment=PRODUCTION)
    assert len(marks_of(await site.page("/projects/SHIP"))) == 2
    assert len(marks_of(await site.page("/projects/SHIP?days=7"))) == 1
    assert len(marks_of(await site.page("/projects/SHIP?days=365&environment=tier:staging"))) == 1
    assert len(marks_of(await site.page("/projects/SHIP?environment=id:PROD"))) == 0
    assert "No matching deployments in the last 7 days." in (await site.page("/projects/SHIP?days=7&environment=id:x")).text
    assert len(marks_of(await site.page("/projects/SHIP?days=%00"))) == 2


async def test_deployments_of_about_one_time_share_a_mark_that_says_so(site: Site) -> None:
    for number in range(1, 4):
        await ship(site.pen, "SHIP-1", at=site.now - HOUR, number=number)
    page = await site.page("/projects/SHIP")
    assert len(marks_of(page)) == 1
    assert "and 2 more around that time" in page.source


async def test_a_busy_timeline_says_how_many_issues_it_leaves_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipledger.web.pages.project_timeline.ISSUES_DRAWN", 1)
    await ship(site.pen, "SHIP-1", "SHIP-2", "SHIP-3", at=site.now)
    assert "2 more issues were deployed in this period." in (await site.page("/projects/SHIP")).text


async def test_the_cycle_time_says_what_could_be_measured(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now - 3 * HOUR, number=1, environment=STAGING)
    before = await site.page("/projects/SHIP")
    assert "From first commit not measured" in before.text
    await ship(site.pen, "SHIP-1", at=site.now, number=2, environment=PRODUCTION)
    page = await site.page("/projects/SHIP")
    assert "no commits of these" in page.text
    assert "From first deployment 3 h" in page.text


async def test_of_many_issues_that_came_equally_far_the_older_ones_are_folded(site: Site) -> None:
    await ship(site.pen, *(f"SHIP-{number}" for number in range(1, 16)), at=site.now)
    page = await site.page("/projects/SHIP")
    assert "3 more" in group_of(page, "SHIP-12 Successful")
    assert page.all("details", id="more-1")
    assert "/issues/SHIP-15" in page.links()
