"""``/issues``: find an issue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.shipping import ship
from tests.support.site import Site


async def test_issues_stand_once_each_with_their_latest_deployment(site: Site) -> None:
    await ship(site.pen, "SHIP-1", "SHIP-2", at=site.now, number=1)
    await ship(site.pen, "ship-1", at=site.now + timedelta(minutes=1), number=2)
    await site.pen.record(at=site.now, title="Names no issue")
    page = await site.page("/issues")
    assert len(page.all("tr")) == 3
    assert page.text.index("SHIP-1 Release 2") < page.text.index("SHIP-2 Release 1")
    assert {"/issues/SHIP-1", "/issues/SHIP-2"} <= set(page.links())


async def test_without_issues_the_page_says_how_to_name_one(site: Site) -> None:
    await site.pen.record(at=site.now)
    text = (await site.page("/issues")).text
    assert "No recently deployed issues" in text
    assert "rest/deployments/0.1/bulk" in text


@pytest.mark.parametrize(
    "typed, place",
    [("ship-1", "/issues/SHIP-1"), (" SHIP-1 ", "/issues/SHIP-1"), ("a b/c", "/issues/A%20B%2FC"), ("ship", "/projects/SHIP")],
)
async def test_a_search_leads_to_the_issue(site: Site, typed: str, place: str) -> None:
    answer = await site.get("/issues", params={"key": typed})
    assert answer.status_code == 303
    assert answer.headers["Location"] == place
    assert (await site.get(place)).status_code == 200


async def test_a_search_for_nothing_shows_the_list(site: Site) -> None:
    for typed in ("", " ", "/", "\0"):
        assert (await site.get("/issues", params={"key": typed})).status_code == 200


async def test_a_slash_behind_the_list_leads_to_it(site: Site) -> None:
    assert (await site.get("/issues/")).headers["Location"] == "/issues"
