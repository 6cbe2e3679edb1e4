"""``/search``: anything by a few words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shipledger.ledger.history import RULES
from tests.support.site import Html, Site

SHA = "0123abcd" + "4" * 32


def commit(sha: str) -> tuple[tuple[str, str], ...]:
    """A commit of the shop."""
    return (("github.com/acme/shop", sha),)


async def record(site: Site, **said: Any) -> str:
    """The id of a new deployment."""
    _, verdict = await site.pen.record(**said)
    assert verdict.deployment_id is not None
    return verdict.deployment_id


async def record_some(site: Site) -> list[str]:
    """Two deployments, the first of which was replaced; their ids."""
    shared = {"services": ("Checkout",), "actor": "Jane Doe"}
    first = await record(site, at=site.now, title="Mend the login", releases=commit(SHA), version="1.4.2", **shared)
    later = site.now + timedelta(minutes=9)
    second = await record(site, at=later, title="Login again", releases=commit("f" * 40), version="1.4.3", **shared)
    return [first, second]


@pytest.mark.both_stores
async def test_results_stand_by_kind_and_a_commit_says_where_it_ran(site: Site) -> None:
    first, second = await record_some(site)
    page = await site.page("/search?q=login")
    assert {f"/deployments/{first}", f"/deployments/{second}"} <= set(page.links())
    assert page.text.index("Login again") < page.text.index("Mend the login")
    page = await site.page("/search?q=0123ABC")
    assert "Commit 0123abcd44" in page.text
    assert "Ran before" in page.text
    assert "/deployments?person=Jane+Doe" in (await site.page("/search?q=jane")).links()
    assert "/deployments?repository=github.com%2Facme%2Fshop" in (await site.page("/search?q=shop")).links()
    assert "(beginning)" in (await site.page("/search?q=1.4")).text


async def test_the_whole_of_what_only_one_has_leads_to_its_page(site: Site) -> None:
    first, second = await record_some(site)
    for typed, place in (
        (SHA, f"/deployments/{first}"),
        (f" {SHA.upper()} ", f"/deployments/{first}"),
        (second, f"/deployments/{second}"),
        (f"{{{second}}}", f"/deployments/{second}"),
    ):
        assert (await site.get("/search", params={"q": typed})).headers["Location"] == place, typed
    assert (await site.get("/search", params={"q": SHA, "kind": "deployment"})).status_code == 200
    await site.pen.record(at=site.now, title="Elsewhere", releases=commit(SHA))
    assert (await site.get("/search", params={"q": SHA})).status_code == 200


async def test_an_issue_leads_to_its_page_and_what_looks_like_one_does_not(site: Site) -> None:
    await site.pen.record(at=site.now, issue_keys=("SHIP-1", "UTF-8"))
    assert (await site.get("/search?q=ship-1")).headers["Location"] == "/issues/SHIP-1"
    page = await site.page("/search?q=ship-")
    assert "/issues/SHIP-1" in page.links()
    assert "/issues/UTF-8" not in (await site.page("/search?q=utf")).links()
    assert (await site.get("/search?q=UTF-8")).status_code == 200


async def test_the_rest_of_a_kind_is_on_pages_of_its_own(site: Site) -> None:
    for number in range(53):
        await site.pen.record(at=site.now + timedelta(seconds=number), title=f"Kettle {number}")
    page = await site.page("/search?q=kettle")
    assert "Kettle 43" in page.text
    assert "Kettle 42" not in page.text
    (alone,) = [link for link in page.links() if link.startswith("/search?")]
    page = await site.page(alone)
    assert "Kettle 3" in page.text
    (rest,) = [link for link in page.links() if link.startswith("/search?") and "after" in link]
    shown = (await site.page(rest)).text
    assert ("Kettle 2" in shown, "Kettle 3" in shown) == (True, False)
    for odd in ("x", "1.99999999999999999999.x", "2.1.x", "1.1."):
        assert (await site.get("/search", params={"q": "kettle", "kind": "deployment", "after": odd})).status_code == 200, odd


async def test_odd_texts_are_shown_and_harm_nothing(site: Site) -> None:
    await site.pen.record(at=site.now, title="<script>alert(1)</script> pwned")
    answer = await site.get("/search?q=pwned")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    for typed, said in (
        ("", "Search for anything"),
        ("   ", "Search for anything"),
        ("x", "at least 2 characters"),
        ("%", "at least 2 characters"),
        ("%%", "Nothing was found"),
        ("__", "Nothing was found"),
        ("' XOR 1=1 --", "Nothing was found"),
        ("<script>bother(2)</script>", "Nothing was found"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}nothing", "Nothing was found"),
        ("\0\1nothing", "Nothing was found"),
        ("x" * 4_000, "at most 200 characters"),
    ):
        answer = await site.get("/search", params={"q": typed})
        assert (answer.status_code, said in answer.text) == (200, True), typed
        assert "<script>alert" not in answer.text
        assert "<script>bother" not in answer.text


async def test_while_rows_are_computed_anew_the_page_says_so(site: Site) -> None:
    await site.store.note_projection_rules(RULES)
    assert "Being computed" not in (await site.page("/search?q=login")).text
    await site.store.note_projection_rules(RULES - 1)
    assert "Being computed" in (await site.page("/search?q=login")).text


async def test_every_page_has_the_box(site: Site) -> None:
    for path in ("/", "/deployments", "/search?q=login", "/nowhere"):
        page = Html((await site.get(path)).text)
        assert page.all("form", action="/search", role="search"), path
    assert (await site.page("/search?q=login")).all("input", name="q", value="login")
    assert (await site.page("/deployments?q=login")).all("input", name="q", value="")
