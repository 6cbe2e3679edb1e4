"""``POST /api/v2/dora/deployment``: what is read, what is refused, and what is the same deployment."""

from __future__ import annotations

import asyncio
import gzip
import json
import secrets
import zlib

import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.submission import Target
from tests.support.datadog import DORA, STARTED, client_of, create_body, issue_keys, patch_body

CREATE = f"{DORA}/deployment"
SHA = "66adc9350f2cc9b250b69abddab733dd55e1a588"
OTHER_SHA = "77bdc9350f2cc9b250b69abddab733dd55e1a599"


def deflate_bare(content):
    """What some clients call deflate: without the header of zlib."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


def git(sha=SHA, url="https://github.com/acme/shop"):
    return {"git": {"repository_url": url, "commit_sha": sha}}


async def create(client, **changes):
    response = await client.post(CREATE, json=create_body(**changes))
    assert response.status_code == 200, response.text
    return response.json()["data"]["id"]


async def read(client, deployment_id):
    return (await client.get(f"{DORA}/deployments/{deployment_id}")).json()["data"]["attributes"]


async def test_a_given_id_comes_back_and_an_id_is_made_otherwise(datadog):
    assert await create(datadog, id="build-0000000000077") == "build-0000000000077"
    made = await create(datadog, service="other")
    assert (await datadog.get(f"{DORA}/deployments/{made}")).json()["data"]["id"] == made


@pytest.mark.parametrize(
    "changes, pointers",
    [
        ({"service": None}, ["service"]),
        ({"service": "  "}, ["service"]),
        ({"service": [5]}, ["service"]),
        ({"service": "x" * 513}, ["service"]),
        ({"service": "a\0"}, ["service"]),
        ({"started_at": None, "finished_at": None}, ["started_at", "finished_at"]),
        ({"started_at": 0}, ["started_at"]),
        ({"started_at": -5}, ["started_at"]),
        ({"started_at": 1.5}, ["started_at"]),
        ({"started_at": "1772704800"}, ["started_at"]),
        ({"started_at": True}, ["started_at"]),
        ({"started_at": 2**63}, ["started_at"]),
        ({"started_at": 10**400}, ["started_at"]),
        ({"started_at": STARTED * 10**6, "finished_at": STARTED * 10**6}, ["started_at", "finished_at"]),
        ({"finished_at": STARTED - 1}, ["finished_at"]),
        ({"id": "x" * 15}, ["id"]),
        ({"id": "x" * 129}, ["id"]),
        ({"id": "white space 0000000"}, ["id"]),
        ({"id": [1234567890123456]}, ["id"]),
        ({"custom_tags": ["a:b", "urgent"]}, ["custom_tags/1"]),
        ({"custom_tags": [":b", "a:", 5]}, ["custom_tags/0", "custom_tags/1", "custom_tags/2"]),
        ({"custom_tags": [f"a:{number}" for number in range(101)]}, ["custom_tags"]),
        ({"custom_tags": ["a:" + "b" * 199]}, ["custom_tags/0"]),
        ({"custom_tags": "a:b"}, ["custom_tags"]),
        ({"git": {}}, ["git/repository_url", "git/commit_sha"]),
        (git(sha="abc"), ["git/commit_sha"]),
        (git(sha="g" * 40), ["git/commit_sha"]),
        (git(sha="a" * 65), ["git/commit_sha"]),
        ({"git": "shop"}, ["git"]),
        ({"env": "x" * 513, "team": [], "version": {}}, ["env", "team", "version"]),
    ],
)
async def test_every_fault_of_the_input_is_400_and_named(datadog, changes, pointers):
    response = await datadog.post(CREATE, json=create_body(**changes))
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/vnd.api+json"
    errors = response.json()["errors"]
    assert sorted(error["source"]["pointer"] for error in errors) == sorted(f"/data/attributes/{name}" for name in pointers)
    assert {(error["status"], error["title"]) for error in errors} == {("400", "Bad Request")}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"data": []}', b'{"data": {}}', b'{"data": {"attributes": 5}}', b"\xff", b"[" * 600],
)
async def test_a_body_without_attributes_is_400(datadog, content):
    response = await datadog.post(CREATE, content=content, headers={"Content-Type": "text/plain"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["status"] == "400"


async def test_at_most_twenty_faults_are_listed(datadog):
    response = await datadog.post(CREATE, json=create_body(custom_tags=["x"] + [str(number) for number in range(60)]))
    assert len(response.json()["errors"]) == 20


async def test_a_large_body_is_400_also_when_it_is_compressed(datadog):
    large = json.dumps(create_body(padding=secrets.token_hex(512 * 1024))).encode()
    for content, headers in ((large, {}), (gzip.compress(large), {"Content-Encoding": "gzip"})):
        response = await datadog.post(CREATE, content=content, headers=headers)
        assert response.status_code == 400
        assert response.json()["errors"][0]["detail"] == "the body is larger than 1 MiB"


async def test_a_bomb_is_400_before_it_is_unpacked(datadog):
    bomb = gzip.compress(json.dumps(create_body(padding=" " * 900_000)).encode())
    response = await datadog.post(CREATE, content=bomb, headers={"Content-Encoding": "gzip"})
    assert response.status_code == 400
    assert "more than 100 times its length" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "encoding, compress",
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", deflate_bare), ("identity", lambda content: content)],
)
async def test_compressed_bodies_are_read(datadog, encoding, compress):
    content = compress(b"\xef\xbb\xbf" + json.dumps(create_body()).encode())
    response = await datadog.post(CREATE, content=content, headers={"Content-Encoding": encoding})
    assert response.status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_cannot_be_decompressed_is_400(datadog, encoding):
    content = json.dumps(create_body()).encode()
    assert (await datadog.post(CREATE, content=content, headers={"Content-Encoding": encoding})).status_code == 400
    broken = gzip.compress(content)[:-9]
    assert (await datadog.post(CREATE, content=broken, headers={"Content-Encoding": "gzip"})).status_code == 400


async def test_the_unit_of_a_time_is_told_by_its_magnitude(datadog):
    nanoseconds = STARTED * 10**9 + 123_456_499
    made = await create(datadog, started_at=nanoseconds, finished_at=float(STARTED + 60))
    attributes = await read(datadog, made)
    assert (attributes["started_at"], attributes["finished_at"]) == ("2026-03-05T10:00:00.123456Z", "2026-03-05T10:01:00Z")


async def test_what_was_sent_is_read_back(datadog):
    made = await create(
        datadog, env="Prod-EU", team="payments", version="v1", custom_tags=["a:b:c", "a:b:c", "Role:X"], **git(SHA.upper())
    )
    assert await read(datadog, made) == {
        "service": "checkout",
        "env": "Prod-EU",
        "team": "payments",
        "version": "v1",
        "started_at": "2026-03-05T10:00:00Z",
        "finished_at": "2026-03-05T10:05:00Z",
        "custom_tags": ["a:b:c", "Role:X"],
        "git": {
            "commit_sha": SHA,
            "repository_id": "github.com/acme/shop",
            "repository_url": "https://github.com/acme/shop",
        },
    }


async def test_absent_attributes_are_left_out_and_mean_production(server, datadog):
    made = await create(datadog, env="", version=" ", custom_tags=[])
    assert set(await read(datadog, made)) == {"service", "started_at", "finished_at"}
    deployment = await server.app.store.find_deployment(await server.organization_id(), Target(key=made))
    assert deployment.environment.tier == "production"
    assert deployment.state == "successful"


async def test_the_same_content_twice_is_one_deployment_and_a_duplicate(server, datadog):
    first, second = await create(datadog, env="prod"), await create(datadog, env="prod")
    assert first == second
    verdicts = await server.app.store.list_verdicts(await server.organization_id(), first)
    assert [recorded.verdict.kind for recorded in verdicts] == ["applied", "duplicate"]


async def test_concurrent_retries_are_one_deployment(datadog):
    assert len({*await asyncio.gather(*(create(datadog, started_at=STARTED * 1000 + number) for number in range(8)))}) == 1


@pytest.mark.parametrize(
    "first, second, is_same",
    [
        ({}, {}, True),
        ({}, {"service": "CHECKOUT"}, True),
        ({"env": "prod"}, {"env": "PROD"}, True),
        ({"env": "prod"}, {}, False),
        ({}, {"started_at": STARTED + 1}, False),
        ({}, {"started_at": STARTED * 1000 + 999}, True),
        ({"version": "1"}, {"version": "1"}, True),
        ({"version": "1"}, {"version": "2"}, False),
        ({"version": "1"}, {}, True),
        ({}, {"version": "1"}, True),
        (git(), git(), True),
        (git(), git(OTHER_SHA), False),
        (git(), {}, True),
        ({}, git(), True),
        ({"version": "1"}, {"version": "1", **git()}, True),
        ({"version": "1", **git()}, {"version": "1", **git(OTHER_SHA)}, False),
        ({"version": "1"}, git(), True),
    ],
)
async def test_without_id_service_environment_and_second_tell_a_deployment(datadog, first, second, is_same):
    assert (await create(datadog, **first) == await create(datadog, **second)) is is_same


async def test_two_versions_of_one_second_stay_apart_when_they_are_sent_again(datadog):
    first, second = await create(datadog, version="1"), await create(datadog, version="2")
    assert (await create(datadog, version="1"), await create(datadog, version="2")) == (first, second)


async def test_a_known_id_is_updated_and_what_is_absent_stays(datadog):
    made = await create(datadog, id="build-0000000000077", team="a", version="1", custom_tags=["a:b"])
    again = await create(datadog, id="build-0000000000077", team="b", finished_at=STARTED + 600, custom_tags=[])
    assert made == again
    attributes = await read(datadog, made)
    assert (attributes["team"], attributes["version"]) == ("b", "1")
    assert attributes["finished_at"] == "2026-03-05T10:10:00Z"
    assert "custom_tags" not in attributes


async def test_ids_of_two_cases_are_two_deployments(datadog):
    await create(datadog, id="build-000000000000a")
    await create(datadog, id="build-000000000000A", team="other")
    assert "team" not in await read(datadog, "build-000000000000a")


async def test_a_new_id_becomes_the_second_name_of_an_equal_deployment(datadog):
    made = await create(datadog)
    given = await create(datadog, id="build-0000000000077", team="a")
    assert given == "build-0000000000077"
    by_both = [(await datadog.get(f"{DORA}/deployments/{name}")).json()["data"] for name in (made, given)]
    assert by_both[0] == by_both[1]
    assert by_both[0]["id"] == made
    other = await create(datadog, id="build-0000000000078")
    assert (await datadog.get(f"{DORA}/deployments/{other}")).json()["data"]["id"] == other


async def test_a_password_of_a_remote_is_kept_nowhere(server, datadog, database):
    url = "https://ci-user:not-a-real-token@git.example.com/Team/checkout.git"
    made = await create(datadog, **git(url=url))
    assert (await read(datadog, made))["git"]["repository_url"] == "https://git.example.com/Team/checkout"
    assert (await datadog.patch(f"{DORA}/deployment/{made}", json=patch_body(made, change_failure=True))).status_code == 202
    for path in database.parent.glob("shipledger.db*"):
        assert b"not-a-real-token" not in path.read_bytes()
    taken = await datadog.post(CREATE, json=create_body(**git(url="https://ci:not-a/real-token@git.example.com/x")))
    assert taken.status_code == 200
    assert "real-token" not in (await datadog.get("/requests")).text
    for path in database.parent.glob("shipledger.db*"):
        assert b"real-token" not in path.read_bytes()


async def test_the_operator_says_what_a_missing_environment_means(serve):
    async with (
        serve(datadog_missing_environment="staging") as server,
        client_of(server, await issue_keys(server)) as client,
    ):
        made = await create(client)
        deployment = await server.app.store.find_deployment(await server.organization_id(), Target(key=made))
        assert (deployment.environment.name, deployment.environment.tier) == ("no environment", "staging")
        assert "env" not in await read(client, made)


UNREADABLE = ["s3://build:not-a-real-token@bucket/shop", "hg::not-a-real-token", "codecommit://not-a-real-token@shop", "shop"]


@pytest.mark.parametrize("url", UNREADABLE)
async def test_a_repository_without_a_host_costs_the_commit_alone(server, datadog, url):
    made = await create(datadog, **git(url=url))
    assert "git" not in await read(datadog, made)
    organization_id = await server.organization_id()
    (record,) = await server.app.store.list_receipts(organization_id, ReceiptFilter())
    sentence = "git.repository_url has no host and path of a repository, so its commit was left out."
    assert record.settlement.verdicts[0].sentence == sentence
    assert "not-a-real-token" not in record.receipt.body


@pytest.mark.parametrize(
    "url",
    [
        "codecommit::eu-central-1://profile@shop",
        "codecommit::eu-central-1://shop",
        "ssh://APKA@git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop",
    ],
)
async def test_the_spellings_of_aws_are_one_repository(datadog, url):
    shown = await read(datadog, await create(datadog, **git(url=url)))
    assert shown["git"]["repository_id"] == "git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop"
