"""Pages for what goes wrong."""

from __future__ import annotations

import pytest

from shipledger.errors import Unavailable
from tests.support.site import Site


@pytest.mark.parametrize("path", ["/nowhere", "/nowhere/", "/\\\\evil.example/", "/a/b/c", "/.env", "/%00"])
async def test_an_unknown_address_is_a_friendly_404(site: Site, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text


async def test_a_last_slash_does_no_harm(site: Site) -> None:
    answer = await site.get("/services/")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/services"


async def test_an_unreachable_store_is_a_503_that_says_when_to_come_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("disk_full", "The disk is full.", retry_after_seconds=7)

    monkeypatch.setattr(site.store, "find_membership", fail)
    answer = await site.get("/deployments")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"
    assert "The disk is full." in answer.text
    assert "shipledger doctor" in answer.text


async def test_a_fault_of_ours_is_a_500_without_its_details(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(site.store, "find_membership", fail)
    answer = await site.get("/deployments")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Internal error" in answer.text


async def test_head_is_answered_like_get(site: Site) -> None:
    assert (await site.ask("HEAD", "/deployments")).status_code == 200
