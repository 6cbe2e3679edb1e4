"""``/inbox``: unmapped names are listed with exact counts, mapped with one click, and ignored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.access.people.roles import Role
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.support.site import Html, Site

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"


async def write_three(site: Site) -> list[str]:
    """Two deployments to one unmapped environment under two spellings, the newer one last, and one to a known one."""
    ids = []
    for number, name in enumerate(("Spare", "spare ", "production-eu")):
        environment = Environment(id=f"id-{number}", name=name, tier=Tier.UNMAPPED)
        _, verdict = await site.pen.record(at=site.now + timedelta(seconds=number), environment=environment)
        ids.append(verdict.deployment_id)
    return ids


def list_rows(page: Html, kind: str) -> list[str]:
    return [found["href"] for found in page.all("a") if found.get("id", "").startswith(f"{kind}-")]


async def count_in_menu(site: Site) -> bool:
    return 'class="count">' in (await site.get("/services")).text


async def test_one_click_gives_an_environment_its_tier_and_the_past_follows(site: Site) -> None:
    _, newest, _ = await write_three(site)
    page = await site.page("/inbox")
    assert "1 environment without a tier" in page.text
    assert list_rows(page, "sample") == [f"/deployments/{newest}"]
    assert await count_in_menu(site)
    answer = await site.send({"action": "tier", "name": "spare", "tier": "staging"}, "/inbox")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?done=tiers")
    page = await site.page("/inbox")
    assert list_rows(page, "environment") == []
    assert "Staging" in (await site.page(f"/deployments/{newest}")).text
    assert (await site.store.list_unmapped_names(site.pen.organization_id)) == []


async def test_a_name_becomes_another_name_of_a_known_environment(site: Site) -> None:
    _, newest, _ = await write_three(site)
    await site.send({"action": "alias", "name": "Spare", "environment": "production-eu"}, "/inbox")
    assert list_rows(await site.page("/inbox"), "environment") == []
    assert "production-eu" in (await site.page(f"/deployments/{newest}")).text


async def test_ignoring_takes_a_name_out_until_it_is_listed_again(site: Site) -> None:
    await write_three(site)
    repository = "bitbucket.org/acme/checkout"
    before = list_rows(await site.page("/inbox"), "repository")
    assert before
    for kind, name in (("environment", " SPARE"), ("repository", repository.upper())):
        answer = await site.send({"action": "ignore", "kind": kind, "name": name}, "/inbox")
        assert answer.headers["location"] == "/inbox?done=ignored"
    page = await site.page("/inbox")
    assert list_rows(page, "environment") == []
    assert "List again" in page.text
    answer = await site.send({"action": "restore", "kind": "environment", "name": "spare"}, "/inbox")
    assert answer.headers["location"] == "/inbox?done=listed"
    assert len(list_rows(await site.page("/inbox"), "environment")) == 1
    answer = await site.send({"action": "restore", "kind": "environment", "name": "spare"}, "/inbox")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "fields,status",
    [
        ({}, 400),
        ({"action": "tier", "name": "Spare", "tier": "unmapped"}, 400),
        ({"action": "tier", "name": "", "tier": "production"}, 400),
        ({"action": "tier", "name": "x" * 256, "tier": "production"}, 400),
        ({"action": "alias", "name": "Spare"}, 400),
        ({"action": "alias", "name": "Spare", "environment": "spare"}, 400),
        ({"action": "map", "name": "bitbucket.org/acme/x", "service": "nothing"}, 404),
        ({"action": "ignore", "kind": "planet", "name": "x"}, 400),
        ({"action": "ignore", "kind": "environment", "name": "x" * 1_100}, 400),
    ],
)
async def test_a_wrong_form_changes_nothing_and_says_why_above_the_list(site: Site, fields: dict[str, str], status: int) -> None:
    await write_three(site)
    answer = await site.send(fields, "/inbox")
    assert answer.status_code == status
    page = Html(answer.text)
    assert "This cannot be done" in page.text
    assert len(list_rows(page, "environment")) == 1


async def test_a_hostile_name_is_shown_and_who_may_only_read_gets_no_form(site: Site) -> None:
    await site.pen.record(at=site.now, environment=Environment(id="x", name=HOSTILE, tier=Tier.UNMAPPED))
    answer = await site.ask("GET", "/inbox", role=Role.VIEWER)
    assert "<script>alert" not in answer.text
    assert not [form for form in Html(answer.text).all("form") if form.get("action") == "/inbox"]
    assert (await site.ask("POST", "/inbox", role=Role.VIEWER, data={"action": "ignore"})).status_code == 403


async def test_an_empty_inbox_says_so(site: Site) -> None:
    page = await site.page("/inbox")
    assert "Nothing is open" in page.text
    assert "shipledger inbox list" in page.source
