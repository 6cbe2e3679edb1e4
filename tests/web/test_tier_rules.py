"""``/settings/tiers``: the rules for tiers, and the forms that change them."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from shipledger.access.people.roles import Role
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.support.site import LOCAL, Html, Site

PATH = "/settings/tiers"


async def record(site: Site, *names: str) -> None:
    for number, name in enumerate(names):
        environment = Environment(id=f"id-{number}", name=name, tier=Tier.UNMAPPED)
        await site.pen.record(at=site.now - timedelta(hours=number + 1), title=f"To {name}", environment=environment)


async def send(site: Site, preview: Html, **changes: str) -> httpx2.Response:
    """The answer to the form of a preview."""
    fields = {one["name"]: one["value"] for one in preview.all("input", type="hidden")}
    (action,) = (one["value"] for one in preview.all("button", type="submit", name="action"))
    headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    return await site.ask("POST", PATH, data={**fields, "action": action, **changes}, headers=headers)


@pytest.mark.both_stores
async def test_a_rule_is_added_after_a_preview_of_what_moves_and_taken_away_again(site: Site) -> None:
    await record(site, "Blue <i>", "blue-2", "production")
    page = await site.page(PATH)
    assert "Without a tier: Blue <i> , blue-2 ." in page.text
    preview = await site.page(f"{PATH}?action=add&pattern=blue*&tier=staging&position=1")
    assert "2 deployments will get another tier." in preview.text
    assert "Blue <i> Unmapped Staging 1" in preview.text
    assert (await site.page(PATH)).text == page.text, "a preview changes nothing"
    late = await site.page(f"{PATH}?action=remove&position=1")
    assert (await send(site, preview)).headers["location"] == f"{PATH}?done=tiers"
    page = await site.page(PATH)
    assert "1 blue* Staging Blue <i>, blue-2 Remove rule 1" in page.text
    assert "Without a tier" not in page.text
    answer = await send(site, late)
    assert (answer.status_code, "were changed in the meantime" in answer.text) == (409, True), "it would remove another rule"
    assert (await send(site, await site.page(f"{PATH}?action=set&environment=blue-2&tier=production"))).status_code == 303
    by_hand = (await site.page(PATH)).text.partition("Tiers set by hand")[2]
    assert "blue-2 Production" in by_hand
    assert (await send(site, await site.page(f"{PATH}?action=unset&environment=blue-2"))).status_code == 303
    assert (await send(site, await site.page(f"{PATH}?action=reset"))).status_code == 303
    assert "Without a tier: Blue <i> , blue-2 ." in (await site.page(PATH)).text
    assert "blue*" in (await site.page("/environments")).text, "the history names the rule"


@pytest.mark.parametrize(
    "query, status, said",
    [
        ("action=add&pattern=&tier=staging", 400, "'' is not a pattern"),
        ("action=add&pattern=" + "x" * 10_000 + "&tier=staging", 400, "A pattern may have at most 255 characters."),
        ("action=add&pattern=x&tier=blue", 400, "Choose a tier: "),
        ("action=add&pattern=x&tier=staging&position=99", 400, "There is no position 99"),
        ("action=add&pattern=x&tier=staging&position=first", 400, "Write a position as a number"),
        ("action=remove&position=99", 404, "There is no rule 99"),
        ("action=unset&environment=x", 404, "No tier was set for 'x'"),
        ("action=set&environment=&tier=staging", 400, "Name an environment by its id or name."),
        ("action=drop", 400, "Choose what to change."),
    ],
)
async def test_what_cannot_be_is_told_on_the_page_and_what_was_typed_stays(
    one_site: Site, query: str, status: int, said: str
) -> None:
    answer = await one_site.get(f"{PATH}?{query}")
    page = Html(answer.text)
    assert (answer.status_code, said in page.text) == (status, True), page.text
    if "pattern=x" in query:
        assert page.all("input", id="pattern")[0]["value"].startswith("x")


async def test_who_may_not_change_rules_sees_them_without_a_form(one_site: Site) -> None:
    page = Html((await one_site.get(f"{PATH}?action=reset", role=Role.VIEWER)).text)
    assert "word:production|prod|prd|live" in page.text
    assert [one for one in page.all("form") if one.get("action", "").startswith(PATH)] == []
