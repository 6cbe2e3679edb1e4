"""``GET`` and ``POST /ledger/v1/repositories``: what was renamed is one repository in every reading."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from shipledger.access.grant import Scope
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.repositories.names import name_alias
from tests.support.native import SHA, TARGET, client_of, deployment, issue_token

PATH = "/ledger/v1/repositories"
OLD, NEW = "github.com/acme/shop", "github.com/Acme/store"


async def deploy(native, number, repository):
    body = deployment(
        service=None,
        external_id=str(number),
        started_at=f"2026-03-04T10:0{number}:00Z",
        finished_at=f"2026-03-04T10:0{number}:30Z",
        releases=[{"repository": repository, "commit": SHA}],
    )
    answer = await native.post(TARGET, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(native):
    found = (await native.get(PATH)).json()["repositories"]
    return {one["repository"]: (one["former_names"], one["deployments"], len(one["services"])) for one in found}


async def ids(native, query):
    answer = await native.get(f"{TARGET}?{query}")
    assert answer.status_code == 200, answer.text
    return [one["external_id"] for one in answer.json()["deployments"]]


@pytest.fixture
async def shop(native):
    """A service to which the former name is mapped, with a deployment of each name."""
    await native.post("/ledger/v1/services", json={"name": "Shop", "repositories": [OLD]})
    await deploy(native, 1, OLD)
    await deploy(native, 2, NEW)
    return native


@pytest.mark.both_stores
async def test_history_follows_a_renaming_in_every_reading_and_leaves_again(shop):
    assert await listed(shop) == {OLD: ([], 1, 1), NEW: ([], 1, 0)}
    answer = await shop.post(PATH, json={"repository": NEW, "former_names": [f"https://ci:s@{OLD}.git"]})
    assert (answer.status_code, answer.json()["repository"], answer.json()["former_names"]) == (200, NEW, [OLD])
    assert await listed(shop) == {NEW: ([OLD], 2, 1)}
    for name in (OLD, NEW, NEW.lower()):
        assert await ids(shop, f"repository={name}") == ["2", "1"]
        assert await ids(shop, f"repository={name}&commit={SHA[:8]}&state=successful") == ["2", "1"]
        assert await ids(shop, f"repository={name}&service=Shop") == ["2", "1"]
        assert sorted(await ids(shop, f"repository={name}&as_of={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")) == ["1", "2"]
    assert await ids(shop, "service=Shop") == ["2", "1"]
    (cell,) = (await shop.get("/ledger/v1/matrix")).json()["cells"]
    assert (cell["service"], cell["external_id"]) == ("Shop", "2")
    assert (await deploy(shop, 3, NEW))["service"] == "Shop"
    await shop.post(PATH, json={"repository": NEW, "separate": [OLD]})
    assert await listed(shop) == {OLD: ([], 1, 1), NEW: ([], 2, 0)}
    assert await ids(shop, f"repository={NEW}") == ["3", "2"]


async def test_a_mapping_of_the_present_name_has_what_the_former_one_deployed(shop):
    await shop.post(PATH, json={"repository": NEW, "former_names": [OLD]})
    await shop.post("/ledger/v1/services", json={"name": "Store", "repositories": [NEW]})
    assert await ids(shop, "service=Store") == await ids(shop, "service=Shop") == ["2", "1"]


@pytest.mark.both_stores
async def test_pull_requests_of_both_names_are_listed(native):
    pulls = "/ledger/v1/pull-requests"
    for number, repository in enumerate((OLD, NEW), start=1):
        await native.post(pulls, json={"repository": repository, "number": number})
        await deploy(native, number, repository)
    await native.post(PATH, json={"repository": NEW, "former_names": [OLD]})
    found = (await native.get(f"{pulls}?repository={OLD}")).json()["pull_requests"]
    assert [one["number"] for one in (await native.get(f"{pulls}?repository={OLD}&number=2")).json()["pull_requests"]] == ["2"]
    assert {one["number"] for one in found} == {"1", "2"}


async def test_what_cannot_be_renamed_is_refused_and_the_rest_is_saved(shop):
    sent = [
        {"repository": NEW, "former_names": [OLD]},
        {"repository": NEW, "former_names": ["github.com/acme/nowhere"]},
        {"repository": NEW, "former_names": [NEW.upper()]},
        {"repository": "github.com/acme/third", "former_names": [OLD]},
        {"repository": NEW, "separate": ["github.com/acme/nowhere"]},
    ]
    answer = await shop.post(PATH, json=sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (409, ["[1]", "[2]", "[3]", "[4]"])
    assert await listed(shop) == {NEW: ([OLD], 2, 1)}
    wrong = await shop.post(PATH, json={"repository": "shop", "former_names": ["~"], "separate": 7})
    assert (wrong.status_code, {*wrong.json()["errors"]}) == (422, {"repository", "former_names", "separate"})


@pytest.mark.both_stores
async def test_two_who_rename_at_once_leave_one_repository(shop):
    await asyncio.gather(
        shop.post(PATH, json={"repository": NEW, "former_names": [OLD]}),
        shop.post(PATH, json={"repository": OLD, "former_names": [NEW]}),
    )
    ((names, count, services),) = (await listed(shop)).values()
    assert (len(names), count, services) == (1, 2, 1)


async def test_a_report_names_a_repository_once_as_its_sender(native, place):
    for number in (1, 2):
        await deploy(native, number, NEW)
    store, owner = place.app.store, await place.organization_id()
    (record,) = (await store.load_records("repository", [(owner, name_alias(NEW))])).values()
    (entry,) = await store.list_entries_of("repository", owner, record.repository_id)
    (credential,) = await store.list_credentials(owner)
    assert (entry.submission, str(entry.actor)) == (
        NameRepository(NEW, "bitbucket.org/Acme/store"),
        f"credential:{credential.credential_id}",
    )


async def test_pages_are_walked_by_name_and_rights_are_needed(shop, server):
    page = (await shop.get(f"{PATH}?limit=1")).json()
    rest = (await shop.get(f"{PATH}?limit=1&cursor={page['next_cursor']}")).json()
    assert [one["repository"] for one in (*page["repositories"], *rest["repositories"])] == [OLD, NEW]
    assert (await shop.get(f"{PATH}?format=csv")).text.splitlines()[0].startswith("repository,former_names")
    async with client_of(server, await issue_token(server, Scope.READ)) as reader:
        assert (await reader.post(PATH, json={"repository": NEW})).status_code == 403
