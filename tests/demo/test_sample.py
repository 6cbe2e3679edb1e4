"""The sample as somebody finds it who has never seen it: each thing that the pages are there for is in it."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import PEOPLE, SERVICES
from shipledger.demo.loading import make_sample
from shipledger.demo.sample import list_sample
from shipledger.demo.setting_up import OWNER
from shipledger.settings import Settings
from tests.support.server import Server, serving

LEDGER = "/ledger/v1"
RECENT = timedelta(days=62)
HOUR = timedelta(hours=1)
LISTS = {"matrix": "cells", "inbox": "items"}
"""The lists that are not called as their path is."""

PROTOCOLS = {"opsgenie", "jira", "datadog", "iftrue", "native"}


def list_recent(now: datetime) -> list[Call]:
    """The last months of the sample, and what they rest on: a year of it takes three times as long."""
    kept = (Sender.ADMINISTRATOR, Sender.FORMER, Sender.COMMITS)
    return [call for call in list_sample(now) if call.at > now - RECENT or call.sender in kept]


@pytest.fixture(scope="module")
async def sample(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server over a sample that ends now."""
    path: Path = tmp_path_factory.mktemp("demo") / "demo.db"
    await make_sample(path, Settings(), list_recent(datetime.now(UTC)), advance=lambda *_: None)
    async with serving(path) as server:
        yield server


@pytest.fixture(scope="module")
async def client(sample: Server) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who may see everything."""
    token = await sample.issue("read", "configuration", "administer", kind="native")
    async with sample.client(headers={"Authorization": f"Bearer {token}"}) as found:
        yield found


async def list_all(client: httpx2.AsyncClient, what: str, **parameters: Any) -> list[dict[str, Any]]:
    """A whole list of the ledger's own API."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await client.get(f"{LEDGER}/{what}", params={**parameters, "limit": 200, **({"cursor": cursor} if cursor else {})})
        told = page.raise_for_status().json()
        found += told[LISTS.get(what, what.replace("-", "_"))]
        cursor = told.get("next_cursor")
        if not cursor:
            return found


def is_since(text: str | None, span: timedelta) -> bool:
    """Whether a time is not longer ago than ``span``, give or take how long the sample takes to make."""
    return text is not None and datetime.fromisoformat(text) > datetime.now(UTC) - span - timedelta(minutes=3)


async def test_it_tells_what_runs_where_and_prod_is_several_regions_of_one_service(client: httpx2.AsyncClient) -> None:
    cells = await list_all(client, "matrix")
    regions = defaultdict(set)
    for cell in cells:
        regions[cell["service"]].add(cell["environment_name"])
    for service in ("Checkout", "Recommendations", "Storefront"):
        assert {"Production EU", "Production US", "Production AP"} <= regions[service], service
    assert {one.name for one in SERVICES} == set(regions)
    commits = {cell["commit"] for cell in cells if cell["service"] == "Checkout" and cell["tier"] == "production"}
    assert len(commits) > 1, "one region is behind"


async def test_it_tells_what_changed_in_the_last_hour_what_runs_now_and_what_failed(client: httpx2.AsyncClient) -> None:
    newest = await list_all(client, "deployments", **{"from": (datetime.now(UTC) - RECENT).isoformat()})
    assert len([one for one in newest if is_since(one["started_at"], HOUR) and one["state"] == "successful"]) >= 5
    running = [one for one in newest if one["state"] == "in_progress" and is_since(one["started_at"], HOUR)]
    assert [one["title"].partition(" ")[2] for one in running] == ["Hotfix: keep half cents until the total"]
    failed = [one for one in newest if one["state"] == "failed" and is_since(one["started_at"], timedelta(days=1))]
    assert "Cache the price filter" in {one["title"].partition(" ")[2] for one in failed}
    stuck = [one for one in newest if one["state"] in {"in_progress", "unknown"} and one not in running]
    assert [one["version"] for one in stuck] == ["2.8.0-rc1"]


async def test_deployments_of_every_protocol_have_a_person_an_issue_and_commits_with_parents(client: httpx2.AsyncClient) -> None:
    recent = await list_all(client, "deployments", **{"from": (datetime.now(UTC) - timedelta(days=30)).isoformat()})
    former = await list_all(client, "deployments", source="datadog")
    by_source = defaultdict(list)
    for one in (*recent, *former):
        by_source[one["source"]].append(one)
    assert set(by_source) == PROTOCOLS
    for source, found in by_source.items():
        assert all(one["person"] for one in found), source
        bare = [one["display_title"] for one in found if not one["issues"] and not (one["title"] or "").startswith("Roll back")]
        assert not bare, source
        commits: dict[str, list[str]] = defaultdict(list)
        for release in (release for one in found for release in one["releases"]):
            if release["commit"] not in commits[release["repository"]]:
                commits[release["repository"]].append(release["commit"])
        repository, (newest, before, *_) = next((name, ids) for name, ids in commits.items() if len(ids) > 1)
        asked = {"repository": repository, "commit": newest, "before": before}
        told = await client.get(f"{LEDGER}/commits/range", params=asked)
        assert told.status_code == 200, (source, told.text)
        assert (told.json()["reason"], told.json()["gaps"]) == ("forward", []), (source, told.json())
    deployers = {one["person"]["name"]: one["person"]["id"] for one in recent}
    assert {one.name for one in PEOPLE if one.has_account and one.team not in {"Money", "Discovery"}} <= deployers.keys()
    assert {one.name for one in PEOPLE if one.name in deployers and one.has_account != bool(deployers[one.name])} == set()


async def test_what_was_rolled_back_took_commits_out(client: httpx2.AsyncClient) -> None:
    found = await list_all(client, "deployments", service="Storefront", environment="prod-us")
    places = {(one["title"] or "").partition(" ")[2]: place for place, one in enumerate(found)}
    broken = places["Load all product images at once"]
    remedy = found[broken - 1]
    assert remedy["title"].startswith("Roll back")
    range_ = {"before": found[broken]["releases"][0]["commit"], **remedy["releases"][0]}
    told = (await client.get(f"{LEDGER}/commits/range", params=range_)).json()
    assert (told["reason"], told["brought_in_count"]) == ("rollback", 0)
    assert told["taken_out_count"] > 0


async def test_incidents_are_open_explained_unexplained_and_told_twice(client: httpx2.AsyncClient) -> None:
    found = {one["title"]: one for one in await list_all(client, "incidents")}
    assert [name for name, one in found.items() if one["status"] == "open"] == ["Checkout answers 500 to one order in twenty"]
    marks = {name: {key: value for key, value in one["marks"].items() if value and key != "note"} for name, one in found.items()}
    causes = {name: said["caused_by"] for name, said in marks.items() if "caused_by" in said}
    assert set(causes) == {"Card payments time out", "The start page takes more than 4 s"}
    for (cause,) in causes.values():
        told = (await client.get(f"{LEDGER}/deployments/{cause}")).json()
        assert told["marks"]["change_failure"] is True
        assert told["marks"]["remediation"]["deployment"]
    twice = marks["Slow start page in the US"]
    assert twice == {"duplicate_of": found["The start page takes more than 4 s"]["id"]}
    assert marks["Sign-in with company accounts fails"] == {"not_caused_by_deployment": True}
    assert marks["No results for product names with umlauts"] == {}


async def test_one_gate_waits_and_others_are_decided(client: httpx2.AsyncClient) -> None:
    gates = await list_all(client, "gates")
    assert sorted(one["status"] for one in gates) == ["allowed", "allowed", "awaiting", "prevented"]
    (awaiting,) = (one for one in gates if one["status"] == "awaiting")
    assert awaiting["environment"] == "stores"
    pending = await list_all(client, "deployments", state="pending")
    assert [one["id"] for one in pending] == [awaiting["deployment_id"]], "who was prevented does not wait any more"


async def test_one_environment_and_one_repository_are_not_mapped_and_one_source_is_silent(client: httpx2.AsyncClient) -> None:
    inbox = await list_all(client, "inbox")
    assert {(one["kind"], one["name"]) for one in inbox} == {
        ("environment", "cell-7"),
        ("repository", "bitbucket.org/acme/nightly-reports"),
    }
    sources = await list_all(client, "sources")
    assert [one["name"] for one in sources if one["is_silent"]] == [Sender.FORMER.value[1]]
    addresses = [one["last_address"] for one in sources if one["last_address"] and not one["last_address"].startswith("127.")]
    assert len(addresses) == len(set(addresses)) > 6
    assert {one["kind"] for one in sources} >= {"opsgenie", "jira-oauth", "datadog", "iftrue", "native"}


async def test_what_was_refused_can_be_looked_up(client: httpx2.AsyncClient) -> None:
    refused = await list_all(client, "requests", outcome="refused")
    assert sorted(one["status"] for one in refused) == [403, 422, 422], "a key that nobody knows is of no organization"


async def test_deployments_told_through_two_protocols_are_merged_or_wait_for_it(client: httpx2.AsyncClient) -> None:
    merged, *_ = await list_all(client, "deployments", service="Search", environment="prod-eu")
    assert {one["source"] for one in merged["witnesses"]} == {"opsgenie", "datadog"}
    (pair,) = (await client.get(f"{LEDGER}/duplicates")).raise_for_status().json()["pairs"]
    assert {pair["record"]["source"], pair["into"]["source"]} == {"opsgenie", "datadog"}


async def test_a_deployment_was_corrected_by_hand(client: httpx2.AsyncClient) -> None:
    found = await list_all(client, "deployments", service="Identity", environment="prod-eu")
    (corrected,) = (one for one in found if one["corrected"])
    told = (await client.get(f"{LEDGER}/deployments/{corrected['id']}/corrections")).json()["corrections"]
    assert [one["reason"] for one in told] == ["The job was killed after it had deployed; the version answers"]


async def test_teams_have_people_and_services_depend_on_each_other(client: httpx2.AsyncClient) -> None:
    people = {one["email"]: one for one in await list_all(client, "people")}
    assert people[OWNER]["role"] == "administrator"
    assert {team for one in people.values() for team in one["teams"]} == {one.team for one in PEOPLE}
    services = await list_all(client, "services")
    assert {one["name"]: one["team"] for one in services} == {one.name: one.team for one in SERVICES}
    names = {one["id"]: one["name"] for one in services}
    related = {one["name"]: tuple(sorted(map(names.get, one[kind])) for kind in ("depends_on", "contains")) for one in services}
    assert related == {one.name: (sorted(one.depends_on), sorted(one.contains)) for one in SERVICES}
    requests = await list_all(client, "pull-requests", state="merged")
    assert all(one["opened_at"] < one["approved_at"] < one["merged_at"] for one in requests)


async def test_the_newest_issue_has_a_page(sample: Server, client: httpx2.AsyncClient) -> None:
    (newest, *_) = await list_all(client, "deployments", **{"from": (datetime.now(UTC) - HOUR).isoformat()})
    async with sample.client() as browser:
        page = await browser.get(f"/issues/{newest['issues'][0]}")
    assert page.status_code == 200
    assert newest["title"].partition(" ")[2] in page.text


async def test_pages_answer_the_seven_questions_of_somebody_on_call(sample: Server, client: httpx2.AsyncClient) -> None:
    (hotfix,) = await list_all(client, "deployments", state="in_progress", service="Checkout")
    commit, issue, person = hotfix["releases"][0]["commit"], hotfix["issues"][0], hotfix["person"]["name"]
    runs = next(one for one in await list_all(client, "matrix") if one["environment_name"] == "Production EU")
    questions: dict[str, tuple[str, tuple[str, ...]]] = {
        "what runs where?": ("/matrix", ("Production EU", "Production AP", runs["service"], runs["commit"][:10])),
        "what changed in the last hour?": ("/", ("Changed in the last hour", hotfix["title"])),
        "who deployed?": ("/deployments", (person,)),
        "what is failing?": (
            "/",
            (
                "Checkout answers 500 to one order in twenty",
                "Log failed sign-ins",
                "Recommendations 2.8.0, candidate 1",
                Sender.FORMER.value[1],
                "Mobile app 5.",
            ),
        ),
        "is commit X live?": (f"/search?q={commit[:9]}", (hotfix["title"], "Staging")),
        "is issue X in production?": (f"/search?q={issue}", (issue, "Production", "In progress")),
        "did my request arrive?": ("/requests", ("Refused 422", "Refused 403", hotfix["title"])),
    }
    async with sample.client(follow_redirects=True) as browser:
        for question, (path, texts) in questions.items():
            page = await browser.get(path)
            assert page.status_code == 200, question
            shown = html.unescape(page.text)
            assert [text for text in texts if text not in shown] == [], question
