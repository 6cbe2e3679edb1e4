"""The saved views of ``/deployments``."""

from __future__ import annotations

import pytest

from shipledger.access.people.roles import Role
from shipledger.access.people.views import MOST
from tests.support.site import Site

PATH = "/deployments/views"


@pytest.mark.both_stores
async def test_filters_are_kept_under_a_name_shown_to_their_owner_alone_and_deleted(site: Site) -> None:
    query = "text=%3Cb%3E&state=failed&range=7d"
    assert "Save these filters as" not in (await site.page("/deployments")).text
    page = await site.page(f"/deployments?limit=25&{query}")
    form = {"action": "save", "name": " <i>Mine</i> ", "query": page.all("input", name="query")[0]["value"]}
    saved = await site.send(form, PATH)
    assert saved.status_code == 303
    assert saved.headers["Location"] == "/deployments?text=%3Cb%3E&range=7d&state=failed&done=view-saved"
    page = await site.page("/deployments")
    (link,) = [found for found in page.all("a") if found.get("id", "").startswith("view-")]
    assert link["href"] == "/deployments?text=%3Cb%3E&range=7d&state=failed"
    assert "<i>Mine</i>" in page.text
    assert page.all("p", **{"class": "notice"}) == []
    assert "<i>Mine</i>" not in (await site.ask("GET", "/deployments", role=Role.VIEWER)).text
    view_id = link["id"].removeprefix("view-")
    assert (await site.send({"action": "delete", "view": view_id}, PATH)).headers["Location"].endswith("done=view-deleted")
    assert "Saved views" not in (await site.page("/deployments")).text
    assert (await site.send({"action": "delete", "view": view_id}, PATH)).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "Mine"},
        {"name": "Mine", "query": "limit=25&before=1.x"},
        {"name": "", "query": "state=failed"},
        {"name": "\u202e\u200b", "query": "state=failed"},
        {"name": "x" * 101, "query": "state=failed"},
        {"name": "Mine", "query": "text=" + "x" * 2_000},
        {"name": "Mine", "query": "&".join(f"a{number}=1" for number in range(200))},
    ],
)
async def test_what_cannot_be_a_view_is_answered_with_a_reason(site: Site, form: dict[str, str]) -> None:
    answer = await site.send({"action": "save", **form}, PATH)
    assert answer.status_code == 400
    assert "<h1>" in answer.text


async def test_there_are_so_many_and_no_more(site: Site) -> None:
    for number in range(MOST):
        assert (await site.send({"name": f"View {number}", "query": "state=failed"}, PATH)).status_code == 303
    assert (await site.send({"name": "One more", "query": "state=failed"}, PATH)).status_code == 409
    assert (await site.send({"name": "View 7", "query": "state=pending"}, PATH)).status_code == 303
