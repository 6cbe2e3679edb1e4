"""``/environments``: names of environments, and the forms that change them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.support.shipping import ship
from tests.support.site import LOCAL, Html, Site

PATH, OWN = "/environments", {"Origin": LOCAL}


async def record(site: Site, *names: str) -> None:
    for number, name in enumerate(names):
        environment = Environment(id=f"id-{number}", name=name, tier=Tier.UNMAPPED)
        await site.pen.record(at=site.now - timedelta(hours=number + 1), title=f"To {name}", environment=environment)


async def send(site: Site, preview: Html, **changes: str) -> int:
    """The status of the answer to the form of a preview."""
    fields = {one["name"]: one["value"] for one in preview.all("input", type="hidden")}
    action = preview.all("button", name="action")[0]["value"]
    answer = await site.ask("POST", PATH, data={**fields, "action": action, **changes}, headers=OWN)
    return answer.status_code


@pytest.mark.both_stores
async def test_a_name_is_joined_after_a_preview_and_split_off_again(site: Site) -> None:
    await record(site, "Production", "prod", "staging")
    preview = await site.page(f"{PATH}?action=alias&name=PROD&environment=production")
    assert "1 deployment of 0 services will count to another environment, and 0 deployments will get another tier" in preview.text
    assert (await site.store.find_tier_policy(site.pen.organization_id)).aliases == {}
    assert await send(site, preview) == 303
    page = await site.page(PATH)
    assert "prod is another name of production." in page.text
    titles = {name: (await site.page(f"/deployments?environment={name}")).text for name in ("production", "staging")}
    assert [name for name, text in titles.items() if "To prod" in text and "To Production" in text] == ["production"]
    assert "To prod" not in titles["staging"]
    (split,) = (one for one in page.links() if "unalias" in one)
    assert await send(site, await site.page(split)) == 303
    assert "prod is no longer another name of production." in (await site.page(PATH)).text
    assert (await site.store.find_tier_policy(site.pen.organization_id)).aliases == {}


async def test_what_cannot_be_is_told_on_the_page_and_an_old_preview_changes_nothing(site: Site) -> None:
    assert "No environments yet" in (await site.page(PATH)).text
    await record(site, "Production", "prod")
    for query in ("action=alias&name=prod&environment=PROD", "action=unalias&name=prod", "action=drop", "action=alias"):
        assert "This cannot be done" in (await site.page(f"{PATH}?{query}")).text
    first = await site.page(f"{PATH}?action=alias&name=prod&environment=production")
    second = await site.page(f"{PATH}?action=rename&environment=prod&name=Live")
    assert await send(site, first) == 303
    assert await send(site, second) == 409
    assert await send(site, first, expects="x") == 400
    assert "That is so already" in (await site.page(f"{PATH}?action=alias&name=prod&environment=production")).text
    assert "No matching environments" in (await site.page(f"{PATH}?text=nothing")).text
    assert "prod" in (await site.page(f"{PATH}?text=PROD")).text


async def test_an_issue_stands_in_one_environment_whatever_name_its_deployments_were_sent_with(site: Site) -> None:
    old, new = ({"id": name, "displayName": name, "type": "production"} for name in ("prod", "production"))
    await ship(site.pen, "SHIP-1", number=1, at=site.now, environment=old, state="failed")
    await ship(site.pen, "SHIP-1", number=2, at=site.now + timedelta(hours=1), environment=new)
    shipped = "/issues?" + urlencode({"jql": "deployment(environmentName = prod, state = successful)"})

    async def look() -> tuple[int, bool]:
        lines = (await site.page("/issues/SHIP-1")).all("td", **{"data-label": "Environment"})
        return len(lines), "/issues/SHIP-1" in (await site.page(shipped)).links()

    assert await look() == (2, False)
    await send(site, await site.page(f"{PATH}?action=alias&name=prod&environment=production"))
    assert await look() == (1, True), "the failure is an older one of the same line"
    narrowed = (await site.page("/projects/SHIP?environment=name:prod")).text
    assert ("Release 1" in narrowed, "Release 2" in narrowed) == (True, True)
