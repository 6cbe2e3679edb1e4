"""``POST /api/v2/dora/deployments``: bounds, order, limit and the query over all protocols."""

from __future__ import annotations

import pytest

from shipledger.deployments.listing import DeploymentFilter
from shipledger.protocols.datadog import lists
from tests.support.datadog import DORA, STARTED, client_of, create_body, issue_keys, list_body
from tests.support.iftrue import client_of as iftrue_client_of
from tests.support.iftrue import issue_token, report
from tests.support.services import TESTER

LIST = f"{DORA}/deployments"


@pytest.fixture
async def filled(datadog):
    rows = [
        {"service": "Shop", "env": "production", "version": "v2.0", "team": "backend", "custom_tags": ["region:eu"]},
        {"service": "shop", "env": "staging", "version": "v2.1"},
        {"service": "pay", "env": "production", "finished_at": STARTED + 9999},
        {"service": "pay", "env": "production", "version": "v1"},
    ]
    for number, row in enumerate(rows):
        timed = {"started_at": STARTED + number, "finished_at": STARTED + 100 + number, "id": f"sample-000000000{number}"}
        assert (await datadog.post(f"{DORA}/deployment", json=create_body(**{**timed, **row}))).status_code == 200
    return datadog


async def test_a_deployment_without_a_team_has_the_one_that_owns_its_service(server, filled):
    await server.app.directory.update_service(
        await server.organization_id(), await service_id(server, "pay"), {"team_id": "Tills"}, by=TESTER
    )
    assert await find(filled, "team:tills") == "32"
    assert await find(filled, "-team:*") == "1"
    answer = (await filled.get(f"{DORA}/deployments/sample-0000000003")).json()
    assert answer["data"]["attributes"]["team"] == "Tills"
    (deployment,) = [one for one in await deployments(server) if one.external_id == "sample-0000000003"]
    assert "Tills, the owner of its service" in (await filled.get(f"/deployments/{deployment.deployment_id}")).text


async def service_id(server, name):
    return (await server.app.store.find_service(await server.organization_id(), name)).service_id


async def deployments(server):
    return await server.app.store.list_deployments(await server.organization_id(), DeploymentFilter())


async def find(client, query="", **attributes):
    response = await client.post(LIST, json=list_body(query, **attributes))
    assert response.status_code == 200, response.text
    return "".join(one["id"][-1] for one in response.json()["data"])


@pytest.mark.parametrize(
    "query, attributes, found",
    [
        ("", {}, "3210"),
        ("service:shop", {}, "10"),
        ("service:(shop OR pay) env:production", {}, "320"),
        ("version:*v2*", {}, "10"),
        ("team:*", {}, "0"),
        ("-team:*", {}, "321"),
        ("region:EU", {}, "0"),
        ("source:datadog -env:staging", {}, "320"),
        ("pay", {}, "32"),
        ("nobody:has", {}, ""),
        ("", {"sort": "started_at"}, "0123"),
        ("service:pay", {"sort": "started_at"}, "23"),
        ("", {"sort": "-finished_at"}, "2310"),
        ("", {"sort": "finished_at"}, "0132"),
        ("", {"sort": "service"}, "2301"),
        ("", {"sort": "-version"}, "1032"),
        ("", {"sort": "version"}, "3012"),
        ("", {"limit": 2}, "32"),
        ("", {"limit": 2, "sort": "finished_at"}, "01"),
        ("", {"from": "2026-03-05T10:00:01Z", "to": "2026-03-05T10:00:02Z"}, "21"),
        ("", {"from": "2026-03-05t11:00:02+01:00"}, "32"),
        ("", {"to": "2026-03-05T10:00:00"}, "0"),
        ("", {"from": None, "to": None, "limit": None, "sort": None}, "3210"),
    ],
)
async def test_a_list_is_what_matches_in_order(filled, query, attributes, found):
    assert await find(filled, query, **attributes) == found


@pytest.mark.both_stores
async def test_a_header_tells_when_there_is_more(filled):
    assert (await filled.post(LIST, json=list_body(limit=3))).headers["Shipledger-More"] == "true"
    assert "Shipledger-More" not in (await filled.post(LIST, json=list_body(limit=4))).headers


@pytest.mark.parametrize(
    "attributes, pointer",
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"sort": "team"}, "sort"),
        ({"from": "yesterday"}, "from"),
        ({"to": 5}, "to"),
        ({"from": "2026-03-06T00:00:00Z", "to": "2026-03-05T00:00:00Z"}, "from"),
        ({"query": "(env:production"}, "query"),
        ({"query": "x" * 2049}, "query"),
        ({"query": "started_at:>5"}, "query"),
    ],
)
async def test_wrong_attributes_are_named(datadog, attributes, pointer):
    response = await datadog.post(LIST, json={"data": {"type": "dora_deployments_list_request", "attributes": attributes}})
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"] == f"/data/attributes/{pointer}"


async def test_a_syntax_error_names_the_position(datadog):
    response = await datadog.post(LIST, json=list_body("env:production (service:a"))
    assert "at position 16 of the query" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("given", ["", "dora_failures_list_request"])
async def test_a_wrong_type_is_told_in_the_words_of_the_real_service(datadog, given):
    response = await datadog.post(LIST, json={"data": {"type": given, "attributes": {"limit": 5}}})
    assert response.json() == {
        "errors": [
            {
                "status": "400",
                "title": "Bad Request",
                "detail": f'got type "{given}" expected one of "dora_deployments_list_request"',
            }
        ]
    }


async def test_attributes_are_required(datadog):
    response = await datadog.post(LIST, json={"data": {"type": "dora_deployments_list_request"}})
    assert response.json()["errors"][0]["source"]["pointer"] == "/data/attributes"


@pytest.mark.both_stores
async def test_deployments_of_other_protocols_are_listed_and_read_too(server, datadog):
    _, token = await issue_token(server)
    async with iftrue_client_of(server, token) as iftrue:
        made = (await iftrue.post("/v1/organization/deployment", json=report(status="in_progress"))).json()["id"]
    (found,) = (await datadog.post(LIST, json=list_body("source:iftrue"))).json()["data"]
    assert found["id"] == made
    assert found["attributes"]["service"] == "shop"
    assert "finished_at" not in found["attributes"]
    assert (await datadog.get(f"{DORA}/deployments/{made}")).json()["data"] == found


async def test_another_organization_lists_nothing(server, filled):
    async with client_of(server, await issue_keys(server, organization="rival")) as rival:
        assert await find(rival) == ""


@pytest.mark.parametrize("sort, found", [("-finished_at", "23"), ("finished_at", "01"), ("service", "23"), ("-started_at", "32")])
async def test_however_much_matches_only_what_is_asked_for_is_kept(filled, monkeypatch, sort, found):
    monkeypatch.setattr(lists, "PRUNE_AT", 3)
    assert await find(filled, sort=sort, limit=2) == found
