"""``/issues/{KEY}``: where an issue has shipped."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from typing import Any

import pytest

from shipledger.catalog.issue import Issue
from shipledger.catalog.retiering import apply_policy, pin
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Pipeline
from shipledger.protocols.jira.bulk import read_bulk
from tests.support.jira import RULE
from tests.support.pen import Pen
from tests.support.shipping import API, DEVELOPMENT, NAMELESS, PRODUCTION, STAGING, TESTING, ship, ship_all, write_story
from tests.support.site import Html, Site
from tests.support.tiers import save_tier_policy

MINUTE = timedelta(minutes=1)


def panel_of(page: Html) -> str:
    return page.text.partition("Releases")[2].partition("Development")[0]


def section_of(page: Html, tier: str) -> str:
    """What the table of one tier says."""
    return page.text.partition(f"to {tier} ")[2].partition("Deployments of ")[0].partition("Why is my")[0]


async def send(site: Site, *story: dict[str, Any]) -> Html:
    """The page of SHIP-1 after these records, a minute apart."""
    for number, changes in enumerate(story):
        await ship(site.pen, "SHIP-1", at=site.now + number * MINUTE, **{"number": number, **changes})
    return await site.page("/issues/SHIP-1")


@pytest.mark.parametrize(
    "story, panel",
    [
        ([{"environment": STAGING}], "Staging Successful"),
        ([{"environment": STAGING}, {"environment": PRODUCTION, "state": "failed"}], "Staging Successful"),
        (
            [{"environment": STAGING, "state": "failed"}, {"environment": TESTING, "state": "pending"}],
            "Failed to reach Staging Failed",
        ),
        ([{"environment": PRODUCTION, "state": "pending"}], "On its way to Production Pending"),
        ([{"environment": PRODUCTION, "state": "in_progress"}], "On its way to Production In progress"),
        ([{"environment": PRODUCTION, "state": "cancelled"}], "Cancelled before Production Cancelled"),
        ([{"environment": PRODUCTION, "state": "rolled_back"}], "Rolled back from Production Rolled back"),
        ([{"environment": PRODUCTION, "state": "unknown"}], "Nobody knows whether it reached Production Unknown"),
        (
            [{"environment": PRODUCTION}, {"environment": PRODUCTION, "state": "failed"}],
            "Production Failed another deployment succeeded there",
        ),
        ([{"environment": NAMELESS}, {"environment": TESTING, "state": "failed"}], "Unmapped Successful"),
        ([{"environment": PRODUCTION, "state": "rolled_back"}, {"environment": STAGING}], "Staging Successful"),
    ],
)
async def test_the_panel_names_the_most_advanced_tier_with_a_success_and_its_latest_state(
    site: Site, story: list[dict[str, Any]], panel: str
) -> None:
    assert panel_of(await send(site, *story)).strip().startswith(panel)


async def test_there_is_a_table_for_each_tier_the_most_advanced_first(site: Site) -> None:
    await write_story(site.pen, site.now)
    page = await site.page("/issues/SHIP-1")
    captions = [found["id"] for found in page.all("h3") if found.get("id", "").startswith("tier-")]
    assert captions == ["tier-production", "tier-staging", "tier-testing", "tier-development", "tier-unmapped"]
    assert "Storefront Prod EU Storefront 2026.47 run of Storefront 2026.47" in section_of(page, "Production")
    assert "https://ci.example.com/storefront" in page.links()
    assert "https://ci.example.com/storefront/runs/41" in page.links()


async def test_the_highest_number_stands_and_the_others_are_folded_whatever_came_last(site: Site) -> None:
    page = await send(site, {"number": 9}, {"number": 7, "state": "failed"}, {"number": 8, "state": "failed"})
    section = section_of(page, "Production")
    assert section.index("Release 9") < section.index("2 older") < section.index("Release 8") < section.index("Release 7")
    assert len(page.all("tr")) == 2


async def test_without_numbers_the_newest_start_stands(site: Site, pen: Pen) -> None:
    for hours, title in ((2, "First"), (0, "Third"), (1, "Second")):
        await pen.record(at=site.now - timedelta(hours=hours), title=title, issue_keys=("SHIP-1",))
    section = section_of(await site.page("/issues/SHIP-1"), "Production")
    assert section.index("acme/checkout") < section.index("Third") < section.index("2 older") < section.index("Second")


async def test_pipelines_and_senders_have_lines_of_their_own(site: Site) -> None:
    page = await send(site, {"number": 1}, {"number": 1, "pipeline": API}, {"number": 1, "credential_id": "another"})
    assert len(page.all("tr")) == 4


async def test_environments_of_one_sender_with_one_name_and_tier_are_one(site: Site) -> None:
    page = await send(
        site,
        {"environment": PRODUCTION | {"id": "run-1"}},
        {"environment": PRODUCTION | {"id": "run-2", "displayName": "PROD EU"}},
        {"environment": PRODUCTION | {"id": "run-3", "type": "staging"}},
    )
    assert len(page.all("tr")) == 4
    assert "1 older" in section_of(page, "Production")


async def test_the_newest_record_names_pipeline_and_environment_everywhere(site: Site) -> None:
    renamed = {"id": "storefront", "displayName": "Shop front", "url": "https://ci.example.com/storefront"}
    page = await send(site, {"environment": PRODUCTION}, {"environment": STAGING}, {"pipeline": renamed, "environment": STAGING})
    assert "Shop front" in section_of(page, "Production")


async def test_a_key_is_found_in_whatever_case(site: Site) -> None:
    await ship(site.pen, "ship-1", at=site.now)
    for key in ("SHIP-1", "ship-1", "Ship-1", " ship-1/"):
        page = await site.page(f"/issues/{key}")
        assert "SHIP-1" in page.text
        assert "Release 41" in page.text


async def test_any_senders_deployment_counts_and_a_hostile_address_is_no_link(site: Site, pen: Pen) -> None:
    hostile = "javascript:alert(1)"
    pipeline = Pipeline(id="p", name="<b>Ship it</b>", url=hostile)
    await pen.record(at=site.now, title="Sent by another", url=hostile, issue_keys=("SHIP-1",), pipeline=pipeline)
    page = await site.page("/issues/SHIP-1")
    assert "<b>Ship it</b>" in page.text
    assert hostile not in page.links()


async def test_an_update_that_did_not_count_is_told_with_its_request(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now, update=7)
    await ship(site.pen, "SHIP-1", at=site.now + MINUTE, update=7, state="failed")
    page = await site.page("/issues/SHIP-1")
    assert "1 update had no effect." in page.text
    assert "this update has number 7, the recorded one 7" in page.text
    request = next(found["href"] for found in page.all("a", id="ignored-request-1"))
    assert "Superseded" in (await site.page(request)).text


async def test_an_environment_whose_tier_nobody_knows_is_told_with_the_command_that_gives_it_one(site: Site) -> None:
    page = await send(site, {"environment": NAMELESS})
    assert "1 environment has no tier" in page.text
    assert "shipledger environment set cluster-2 production" in page.text
    assert "cluster-2" in section_of(page, "Unmapped")


async def test_the_name_of_an_environment_tells_the_tier_that_nobody_said(site: Site) -> None:
    page = await send(site, {"environment": {**NAMELESS, "displayName": "eu-live-2"}})
    assert "eu-live-2" in section_of(page, "Production")
    assert "no tier" not in page.text


async def test_a_tier_that_is_set_by_hand_moves_what_was_recorded_before(site: Site) -> None:
    await send(site, {"environment": NAMELESS})
    policy = pin(await site.store.find_tier_policy(site.pen.organization_id), "cluster-2", Tier.STAGING)
    await save_tier_policy(site.store, site.pen.organization_id, policy)
    assert await apply_policy(site.store, site.pen.organization_id) == 1
    page = await site.page("/issues/SHIP-1")
    assert "cluster-2" in section_of(page, "Staging")
    assert "no tier" not in page.text


async def test_deployments_that_never_ended_hint_at_a_sender_that_counts_states(site: Site) -> None:
    page = await send(site, {"state": "pending"}, {"state": "in_progress"}, {"state": "successful"})
    assert "2 older deployments never ended." in page.text
    assert "never ended" not in (await send(site, {"number": 3, "state": "in_progress"})).text


async def test_one_success_in_production_stands_whatever_the_count_of_later_deployments(site: Site) -> None:
    later = [{"at": site.now + n * MINUTE, "number": n, "environment": DEVELOPMENT, "state": "failed"} for n in range(600)]
    await ship_all(site.pen, {"at": site.now, "number": 1, "environment": PRODUCTION}, *later)
    page = await site.page("/issues/SHIP-1")
    assert panel_of(page).strip().startswith("Production Successful")
    assert "599 older" in section_of(page, "Development")
    assert "Only the newest" in section_of(page, "Development")


async def test_what_is_told_later_of_the_past_hides_nothing_of_today(site: Site) -> None:
    hour = timedelta(hours=1)
    past = [
        {"at": site.now - n * hour, "accepted_at": site.now, "number": 600 - n, "environment": STAGING, "state": "failed"}
        for n in range(1, 550)
    ]
    today = {"at": site.now, "number": 1, "environment": PRODUCTION, "displayName": "Of today"}
    await ship_all(site.pen, today, *past)
    page = await site.page("/issues/SHIP-1")
    assert panel_of(page).strip().startswith("Production Successful Of today")
    section = section_of(page, "Staging")
    assert section.index("Release 599") < section.index("548 older") < section.index("Release 598") < section.index("Release 597")


async def test_ids_that_are_made_for_each_run_are_one_pipeline_and_one_environment_by_their_names(site: Site) -> None:
    runs = [
        {
            "number": number,
            "pipeline": {
                "id": f"{8_000 + number}",
                "displayName": f"orders-api pipeline {number}",
                "url": "https://ci.example.com",
            },
            "environment": {"id": f"workflow-{number}", "displayName": "orders-api/production", "type": "production"},
        }
        for number in range(3)
    ]
    page = await send(site, *runs)
    assert len(page.all("tr")) == 2
    assert "orders-api pipeline 2 orders-api/production Release 2" in section_of(page, "Production")
    assert "2 older" in section_of(page, "Production")


async def test_a_deployment_that_is_removed_gives_its_place_to_the_one_before(site: Site, pen: Pen) -> None:
    await pen.record(at=site.now - 2 * MINUTE, title="First", issue_keys=("SHIP-1",))
    _, last = await pen.record(at=site.now, title="Last", issue_keys=("SHIP-1",), external_id="last")
    assert section_of(await site.page("/issues/SHIP-1"), "Production").index("Last") >= 0
    assert last.deployment_id is not None
    await pen.remove(last.deployment_id, at=site.now)
    section = section_of(await site.page("/issues/SHIP-1"), "Production")
    assert "First" in section
    assert "Last" not in section


async def test_an_issue_that_nothing_names_shows_a_command_that_is_accepted(site: Site) -> None:
    page = await site.page("/issues/new-7")
    assert "No deployment references NEW-7" in page.text
    assert "shipledger credential create jira-oauth" in page.text
    words = shlex.split("curl " + page.text.partition("curl -X POST http://localhost:8080/rest")[2].replace("\\ ", " "))
    body = next(word for word in words if word.startswith("{"))
    (item,) = read_bulk(json.dumps(json.loads(body)), RULE).items
    assert item.errors == ()
    assert item.deployment is not None
    assert item.deployment.associations[0].values == ("NEW-7",)


async def test_what_is_no_key_is_told_so(site: Site) -> None:
    for text in ("hello", "SHIP-", "SHIP_1", "<script>alert(1)</script>", "%00", "../../etc"):
        answer = await site.get(f"/issues/{text}")
        assert answer.status_code in (200, 303, 404)
        assert "<script>alert" not in answer.text
    assert "This is not an issue key" in (await site.page("/issues/hello")).text
    assert "This is not an issue key" not in (await site.page("/issues/10042")).text


async def test_the_page_updates_itself_only_when_something_changed(site: Site) -> None:
    await ship(site.pen, "SHIP-1", at=site.now)
    page = await site.page("/issues/SHIP-1")
    address = page.all("div", id="live")[0]["hx-get"]
    assert (await site.poll(address)).status_code == 204
    await ship(site.pen, "SHIP-1", at=site.now + MINUTE, state="failed")
    assert "had no effect" in (await site.poll(address)).text


async def test_a_deployment_links_to_its_issues(site: Site) -> None:
    verdict = await ship(site.pen, "SHIP-1", "ship-2", at=site.now)
    links = (await site.page(f"/deployments/{verdict.deployment_id}")).links()
    assert {"/issues/SHIP-1", "/issues/SHIP-2"} <= set(links)


@pytest.mark.parametrize("key", ["SHA-256", "covid-19", "ISO-8601", "1SHIP-1", "SHIP-0", "SHIP-007"])
async def test_what_no_tracker_can_have_has_no_page_and_no_link(site: Site, key: str) -> None:
    verdict = await ship(site.pen, key, "SHIP-1", at=site.now)
    answer = await site.get(f"/issues/{key}")
    assert answer.status_code == 404
    assert f"{key.upper()} is not an issue" in Html(answer.text).text
    for path in (f"/deployments/{verdict.deployment_id}", "/issues", "/issues?jql=project!=X", "/projects/SHIP"):
        links = (await site.page(path)).links()
        assert "/issues/SHIP-1" in links, path
        assert f"/issues/{key.upper()}" not in links, path


async def test_a_project_that_the_directory_knows_has_pages_whatever_it_is_called(site: Site) -> None:
    await site.store.save_issues(site.pen.organization_id, [Issue(key="ISO-1"), Issue(key="3PL-1")], seen_at=site.now)
    for number, key in enumerate(("ISO-8601", "3PL-7"), start=41):
        verdict = await ship(site.pen, key, at=site.now, number=number)
        assert f"Release {number}" in (await site.page(f"/issues/{key}")).text
        assert f"/issues/{key}" in (await site.page(f"/deployments/{verdict.deployment_id}")).links()
        assert (await site.get(f"/projects/{key.partition('-')[0]}")).status_code == 200


async def test_the_list_of_words_is_a_setting(site: Site) -> None:
    await ship(site.pen, "SHA-256", at=site.now)
    settings = {"jira_denied_projects": "SHIP"}
    assert (await site.get("/issues/SHA-256", settings=settings)).status_code == 200
    refused = await site.get("/issues/SHIP-1", settings=settings)
    assert refused.status_code == 404
    assert "jira_denied_projects" in refused.text
    assert (await site.get("/projects/SHIP", settings=settings)).status_code == 404
