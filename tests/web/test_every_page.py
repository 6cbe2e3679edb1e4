"""What holds on every page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from shipledger import __version__
from tests.support.sample import write_week
from tests.support.shipping import write_story
from tests.support.site import Html, Site

PATHS = (
    "/",
    "/deployments",
    "/deployments?state=failed&text=pay",
    "/deployments?text=nothing-like-this",
    "/issues",
    "/issues/NEW-7",
    "/issues/not a key",
    "/projects/NEW",
    "/requests",
    "/requests?state=quarantined",
    "/services",
    "/matrix",
    "/matrix?at=2026-03-29T10:00",
    "/compare",
    "/compare?left=staging&right=production",
    "/timeline",
    "/timeline?range=30d",
    "/projects",
    "/incidents",
    "/repositories",
    "/repositories?show=unmapped",
    "/packs",
    "/settings",
    "/settings/people",
    "/sources",
    "/search",
    "/search?q=checkout",
    "/search?q=4f1c",
    "/search?q=nothing-like-this",
    "/audit?reports=include",
    "/packs?state=refused",
    "/nowhere",
)


@pytest.fixture(params=["empty", "week"])
async def paths(request: pytest.FixtureRequest, site: Site) -> list[str]:
    if request.param == "empty":
        return list(PATHS)
    ids = await write_week(site.pen, site.now)
    await write_story(site.pen, site.now)
    deployments = [f"/deployments/{ids[name]}" for name in ("story", "skewed", "plain")]
    requests = [f"/requests/{ids[name]}" for name in ("rejected", "refused", "quarantined", "pending")]
    return [
        *PATHS,
        *deployments,
        *(f"{one}/{page}" for one in deployments[:1] for page in ("corrections", "merging")),
        *requests,
        "/services/checkout",
        "/services/warehouse",
        "/issues/SHIP-1",
        "/projects/SHIP",
        "/projects/SHIP?environment=id:nowhere",
    ]


async def test_every_page_holds_what_all_pages_promise(site: Site, paths: list[str]) -> None:
    """Each is asked for once: it takes longer than to look at it."""
    links: set[str] = set()
    for path in paths:
        answer = await site.get(path)
        page = Html(answer.text)
        check_form(page, path)
        check_names_of_cells_and_fields(page, path)
        check_no_inline_script_or_style(page, path)
        check_headers(answer.headers, path)
        links |= {link for link in page.links() if link.startswith("/")}
    for link in sorted(links):
        assert (await site.get(link)).status_code == 200, link


def check_form(page: Html, path: str) -> None:
    """It is well formed and named."""
    assert len(page.all("h1")) == 1, path
    assert f"Shipledger {__version__} API" in page.text, path
    assert page.titles() == 1, path
    assert page.all("a", href="#content"), path
    assert page.all("main", id="content"), path
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids)), (path, sorted(name for name in ids if ids.count(name) > 1))


def check_names_of_cells_and_fields(page: Html, path: str) -> None:
    """Every table has a caption and scopes, and every field a label."""
    assert len(page.all("table")) == len(page.all("caption")), path
    assert all("scope" in found for found in page.all("th")), path
    labelled = {found.get("for") for found in page.all("label")}
    for tag in ("input", "select"):
        for found in page.all(tag):
            has_label = (
                found.get("id") in labelled or "aria-label" in found or (found.get("type") == "hidden" or "hidden" in found)
            )
            assert has_label, (path, found)


def check_no_inline_script_or_style(page: Html, path: str) -> None:
    """The policy forbids them."""
    assert not page.all("style"), path
    assert all("src" in found for found in page.all("script")), path
    for tag, attributes in page.elements:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}, (path, tag)


def check_headers(headers: Mapping[str, str], path: str) -> None:
    """It has the security headers and is not kept."""
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy, path
    assert "frame-ancestors 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["Referrer-Policy"] == "same-origin", path
    assert headers["Cache-Control"] == "no-store", path


async def test_no_state_is_told_by_colour_alone(site: Site) -> None:
    await write_week(site.pen, site.now)
    page = await site.page("/deployments")
    chips = [found for found in page.all("span") if found.get("class", "").startswith("chip ")]
    assert len(chips) == len(page.all("tr")) - 1
    for word in ("Successful", "Failed", "Cancelled", "Rolled back", "In progress"):
        assert word in page.text


async def test_static_files_are_kept_for_ever_under_an_address_that_changes_with_them(site: Site) -> None:
    page = await site.page("/")
    style = page.all("link", rel="stylesheet")[0]["href"]
    assert "?v=" in style
    answer = await site.get(style)
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert (await site.get("/static/missing.css")).headers["Cache-Control"] == "no-store"


async def test_what_senders_wrote_is_shown_as_text(site: Site) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    _, verdict = await site.pen.record(at=site.now, title=attack, description=attack, external_id=attack, url=attack)
    receipt = site.pen.receipt("create", at=site.clock.now(), body=f'["{attack[:25]}"]', identifier=attack)
    await site.pen.settle_raw(receipt)
    for path in ("/", "/deployments", f"/deployments/{verdict.deployment_id}", f"/requests/{receipt.receipt_id}", "/requests"):
        answer = await site.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "&lt;script&gt;" in answer.text or path == "/requests"
