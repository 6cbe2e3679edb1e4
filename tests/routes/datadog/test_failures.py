"""Failures: create, send again, get, list and delete, under both of their words."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.protocols.datadog import failures
from tests.support.datadog import DORA, STARTED, client_of, failure_body, failures_body, issue_keys

MINE = "failure-00000000077"
SHA = "66adc9350f2cc9b250b69abddab733dd55e1a588"


async def create(client, **changes):
    response = await client.post(f"{DORA}/failure", json=failure_body(**changes))
    assert response.status_code == 200, response.text
    assert response.json()["data"]["type"] == "dora_failure"
    return response.json()["data"]["id"]


async def read(client, given_id):
    return (await client.get(f"{DORA}/failures/{given_id}")).json()["data"]["attributes"]


@pytest.mark.both_stores
async def test_what_was_sent_is_read_back(datadog):
    made = await create(
        datadog,
        id=MINE,
        name="Database outage",
        services=["shop", "Pay", "SHOP"],
        severity="SEV-1",
        env="prod",
        team="backend",
        version="v1",
        finished_at=STARTED + 60,
        custom_tags=["type:database"],
        git={"repository_url": "https://ci:not-a-real-token@github.com/acme/shop.git", "commit_sha": SHA},
    )
    assert made == MINE
    assert await read(datadog, MINE) == {
        "name": "Database outage",
        "services": ["shop", "Pay"],
        "severity": "SEV-1",
        "env": "prod",
        "team": "backend",
        "version": "v1",
        "started_at": "2026-03-05T10:00:00Z",
        "finished_at": "2026-03-05T10:01:00Z",
        "custom_tags": ["type:database"],
        "git": {
            "commit_sha": SHA,
            "repository_id": "github.com/acme/shop",
            "repository_url": "https://github.com/acme/shop",
        },
    }


async def test_no_password_is_kept(server, datadog, database):
    await create(datadog, git={"repository_url": "https://ci:not-a-real-token@github.com/acme/shop.git", "commit_sha": SHA})
    for path in database.parent.glob("shipledger.db*"):
        assert b"not-a-real-token" not in path.read_bytes()


@pytest.mark.parametrize(
    "changes, pointers",
    [
        ({"services": None}, ["services"]),
        ({"services": []}, ["services"]),
        ({"services": "shop"}, ["services"]),
        ({"services": ["shop", [5], ""]}, ["services/1", "services/2"]),
        ({"services": [str(number) for number in range(101)]}, ["services"]),
        ({"started_at": None}, ["started_at"]),
        ({"finished_at": STARTED - 1}, ["finished_at"]),
        ({"name": "x" * 1025}, ["name"]),
        ({"severity": [1], "id": "short", "custom_tags": ["x"]}, ["severity", "id", "custom_tags/0"]),
    ],
)
async def test_every_fault_of_the_input_is_400_and_named(datadog, changes, pointers):
    response = await datadog.post(f"{DORA}/failure", json=failure_body(**changes))
    assert response.status_code == 400
    found = sorted(error["source"]["pointer"] for error in response.json()["errors"])
    assert found == sorted(f"/data/attributes/{name}" for name in pointers)


async def test_a_failure_of_a_team_needs_no_services(datadog):
    first = await create(datadog, services=None, team="Backend")
    assert await create(datadog, services=None, team="backend", finished_at=STARTED + 60) == first
    assert await create(datadog, services=["backend"]) != first
    assert "services" not in await read(datadog, first)


async def test_sent_again_it_is_updated_and_never_reopened_by_silence(server, datadog):
    first = await create(datadog, services=["a", "b"], env="prod", severity="low")
    assert "finished_at" not in await read(datadog, first)
    again = await create(datadog, services=["B", "A"], env="PROD", finished_at=STARTED + 60)
    silent = await create(datadog, services=["a", "b"], env="prod", severity="high")
    assert first == again == silent
    attributes = await read(datadog, first)
    assert attributes["finished_at"] == "2026-03-05T10:01:00Z"
    assert attributes["severity"] == "high"


@pytest.mark.parametrize("changes", [{"services": ["other"]}, {"env": "prod"}, {"started_at": STARTED * 1000 + 1}])
async def test_other_services_environment_or_start_are_another_failure(datadog, changes):
    assert await create(datadog) != await create(datadog, **changes)


@pytest.mark.both_stores
async def test_equal_failures_at_once_are_one(datadog):
    assert len(set(await asyncio.gather(*(create(datadog) for _ in range(8))))) == 1


async def test_a_given_id_tells_a_failure_and_a_deployment_may_have_it_too(datadog):
    await create(datadog, id=MINE)
    await create(datadog, id=MINE, services=["other"], finished_at=STARTED + 1)
    assert (await read(datadog, MINE))["services"] == ["other"]
    assert (await datadog.get(f"{DORA}/deployments/{MINE}")).status_code == 404


async def test_a_failure_that_was_sent_with_an_id_is_closed_by_the_same_one_without(datadog):
    await create(datadog, id=MINE, env="prod")
    assert await create(datadog, env="prod", finished_at=STARTED + 60) == MINE
    assert (await read(datadog, MINE))["finished_at"] == "2026-03-05T10:01:00Z"


async def test_the_id_of_a_failure_that_was_sent_without_one_becomes_its_second_name(datadog):
    made = await create(datadog)
    assert await create(datadog, id=MINE, severity="high") == MINE
    assert (await read(datadog, made)) == (await read(datadog, MINE))
    assert (await read(datadog, made))["severity"] == "high"


async def test_failures_with_ids_of_their_own_are_two_whatever_they_hit(datadog):
    other = "failure-00000000078"
    await create(datadog, id=MINE)
    await create(datadog, id=other, name="Second")
    assert await create(datadog, finished_at=STARTED + 60) == MINE
    assert "finished_at" not in await read(datadog, other)
    await datadog.delete(f"{DORA}/failures/{MINE}")
    assert await create(datadog) not in (MINE, other)


@pytest.mark.parametrize("word", ["failure", "failures", "incident", "incidents"])
async def test_every_word_is_served(datadog, word):
    made = (await datadog.post(f"{DORA}/incident", json=failure_body(id=MINE))).json()
    assert made == {"data": {"id": MINE, "type": "dora_failure"}}
    assert (await datadog.get(f"{DORA}/{word}/{MINE}")).status_code == 200
    for _ in range(2):
        response = await datadog.delete(f"{DORA}/{word}/{MINE}")
        assert (response.status_code, response.content) == (202, b"")
    gone = await datadog.get(f"{DORA}/{word}/{MINE}")
    assert (gone.status_code, gone.json()["errors"][0]["status"]) == (404, "404")
    assert await create(datadog, id=MINE) == MINE


@pytest.mark.both_stores
@pytest.mark.parametrize(
    "query, attributes, found",
    [
        ("", {}, "210"),
        ("severity:(SEV-1 OR SEV-2) env:production", {}, "10"),
        ("service:pay", {}, "21"),
        ("services:(shop AND pay)", {}, "1"),
        ("outage", {}, "0"),
        ("-severity:*", {}, "2"),
        ("", {"sort": "started_at"}, "012"),
        ("", {"sort": "-finished_at"}, "102"),
        ("", {"sort": "finished_at"}, "012"),
        ("", {"limit": 1}, "2"),
        ("", {"from": "2026-03-05T10:00:01Z"}, "21"),
        ("", {"to": "2026-03-05T10:00:01Z"}, "10"),
    ],
)
async def test_a_list_is_what_matches_in_order(datadog, query, attributes, found):
    rows = [
        {"name": "Outage", "severity": "SEV-1", "env": "production", "services": ["shop"], "finished_at": STARTED + 50},
        {"severity": "sev-2", "env": "Production", "services": ["pay", "shop"], "finished_at": STARTED + 60},
        {"services": ["pay"]},
    ]
    for number, row in enumerate(rows):
        await create(datadog, **{"id": f"failure-0000000000{number}", "started_at": STARTED + number, **row})
    for word in ("failures", "incidents"):
        response = await datadog.post(f"{DORA}/{word}", json=failures_body(query, **attributes))
        assert "".join(one["id"][-1] for one in response.json()["data"]) == found
        assert ("Shipledger-More" in response.headers) is (attributes.get("limit") == 1)


async def test_services_that_nobody_knew_are_created(server, datadog):
    await create(datadog, services=["Brand New", "brand new"])
    found = await server.app.store.find_service(await server.organization_id(), "Brand New")
    assert found.slug == "brand-new"


async def test_another_organization_sees_and_deletes_nothing(server, datadog):
    await create(datadog, id=MINE)
    async with client_of(server, await issue_keys(server, organization="rival")) as rival:
        assert (await rival.get(f"{DORA}/failures/{MINE}")).status_code == 404
        assert (await rival.delete(f"{DORA}/failures/{MINE}")).status_code == 202
        assert (await rival.post(f"{DORA}/failures", json=failures_body())).json() == {"data": []}
    assert (await datadog.get(f"{DORA}/failures/{MINE}")).status_code == 200


async def test_the_api_key_alone_creates_and_does_not_read(server):
    keys = await issue_keys(server)
    async with client_of(server, {"DD-API-KEY": keys["DD-API-KEY"]}) as client:
        await create(client, id=MINE)
        assert (await client.get(f"{DORA}/failures/{MINE}")).status_code == 403
        assert (await client.delete(f"{DORA}/failures/{MINE}")).status_code == 403


async def test_every_write_has_its_verdict(server, datadog):
    first = await create(datadog)
    await create(datadog)
    organization_id = await server.organization_id()
    records = await server.app.store.list_receipts(organization_id, ReceiptFilter())
    verdicts = [record.settlement.verdicts[0] for record in records]
    assert [(verdict.kind, verdict.subject) for verdict in verdicts] == [("duplicate", first), ("applied", first)]


async def test_however_much_matches_only_what_is_asked_for_is_kept(datadog, monkeypatch):
    monkeypatch.setattr(failures, "PRUNE_AT", 3)
    for number in range(5):
        await create(datadog, id=f"failure-0000000000{number}", started_at=STARTED + number)
    response = await datadog.post(f"{DORA}/failures", json=failures_body(sort="started_at", limit=2))
    assert [one["id"][-1] for one in response.json()["data"]] == ["0", "1"]
    assert response.headers["Shipledger-More"] == "true"


async def test_a_repository_without_a_host_costs_the_commit_alone(datadog):
    made = await create(datadog, id=MINE, git={"repository_url": "s3://bucket/shop", "commit_sha": SHA})
    assert "git" not in await read(datadog, made)
