"""``/projects``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.site import Site


async def test_an_empty_list_says_when_a_project_is_in_it(site: Site) -> None:
    page = await site.page("/projects")
    assert "once a deployment names one of its issues" in page.text
    assert "/projects" in (await site.page("/issues")).links()


@pytest.mark.both_stores
async def test_projects_are_listed_by_key_with_their_newest_deployment(site: Site) -> None:
    for hours, title, keys in (
        (3, "Old of both", ("SHIP-1", "SHIP-2", "PAY-1")),
        (1, "<b>New</b> of ship", ("SHIP-9",)),
        (2, "No key", ("SHA-256", "2X-1")),
    ):
        await site.pen.record(at=site.now - timedelta(hours=hours), title=title, issue_keys=keys)
    page = await site.page("/projects")
    rows = page.text.partition("Started")[2]
    assert rows.index("PAY") < rows.index("Old of both") < rows.index("SHIP") < rows.index("<b>New</b> of ship")
    assert {"/projects/PAY", "/projects/SHIP"} <= set(page.links())
    assert "/projects/SHA" not in page.links()
    assert "/projects/2X" not in page.links()


async def test_many_projects_have_pages_and_a_hostile_place_never_breaks_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shipledger.web.pages.projects.PAGE_SIZE", 20)
    for number in range(3):
        keys = tuple(f"P{each:03}-1" for each in range(number * 18, number * 18 + 18))
        await site.pen.record(at=site.now - timedelta(hours=number), issue_keys=keys)
    seen: list[str] = []
    path = "/projects"
    while path:
        page = await site.page(path)
        seen += [link for link in page.links() if link.startswith("/projects/")]
        older = page.all("a", id="page-older")
        path = older[0]["href"] if older else ""
    assert seen == [f"/projects/P{each:03}" for each in range(54)]
    for after in ("%00", "%ED%A0%80", "z" * 3_000, "\u202e"):
        assert (await site.get(f"/projects?after={after}")).status_code == 200
