"""Several names of one environment, over HTTP: in what runs, in lists, as of a moment, and in what vendors get back."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

import pytest

from tests.support import datadog
from tests.support.jira import deployment as jira_deployment
from tests.support.jira_clients import SITE, connect_client, get_until
from tests.support.native import INCIDENTS, TARGET, client_of, deployment, incident, issue_token
from tests.support.opsgenie import created, get

ENVIRONMENTS, MATRIX = "/ledger/v1/environments", "/ledger/v1/matrix"
NAMES = ("prod", "Production", "PRD", "live", "staging")


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def ran(number, environment, hour, **changes):
    """The deployment ``number``, which came to run at an hour."""
    said = {
        "external_id": f"d-{number}",
        "environment": environment,
        "version": str(number),
        "started_at": f"2026-03-04T{hour:02}:00:00Z",
        "finished_at": f"2026-03-04T{hour:02}:30:00Z",
        "releases": None,
        **changes,
    }
    return deployment(**said)


async def set_names(client, *items, status=200, **parameters):
    answer = await client.post(ENVIRONMENTS, json=list(items), params=parameters)
    assert answer.status_code == status, answer.text
    return answer.json()


def alias(name, of):
    return {"environment": name, "alias_of": of}


async def cells(client, **parameters):
    answer = await client.get(MATRIX, params=parameters)
    assert answer.status_code == 200, answer.text
    found = answer.json()["cells"]
    return {
        (cell["service"], cell["environment_name"]): (cell["version"], cell["before"] and cell["before"]["version"])
        for cell in found
    }


async def listed(client, environment, path=TARGET, **parameters):
    answer = await client.get(path, params={"environment": environment, **parameters})
    assert answer.status_code == 200, answer.text
    found = answer.json()[path.rpartition("/")[2]]
    return {one["external_id"]: one["canonical_environment"] for one in found}


@pytest.fixture
async def three(native):
    """A client of an organization that calls production by three names, in two of which the same service runs."""
    await native.post(
        TARGET, json=[ran(1, "prod", 8), ran(2, "Production", 9), ran(3, " PROD", 10), ran(4, "PRD", 7, service="pay")]
    )
    await native.post(INCIDENTS, json=incident(external_id="d-9", environment="prd"))
    return native


async def test_names_that_differ_by_case_and_spaces_are_one_and_others_are_several(three):
    assert await cells(three) == {
        ("checkout", "Production"): ("2", None),
        ("checkout", "PROD"): ("3", "1"),
        ("pay", "PRD"): ("4", None),
    }
    assert set(await listed(three, "prod")) == {"d-1", "d-3"}


@pytest.mark.both_stores
async def test_an_alias_makes_one_environment_of_two_everywhere_and_its_end_splits_them_again(three):
    before = await cells(three)
    preview = await set_names(three, alias("prod", "production"), alias("Prd", "production"), dry_run="true")
    assert preview["preview"] == {
        "names": [
            {"name": "prd", "was": "prd", "becomes": "production", "deployments": 1},
            {"name": "prod", "was": "prod", "becomes": "production", "deployments": 2},
        ],
        "deployments": 3,
        "lanes": 2,
        "services": 2,
        "retiered_deployments": 0,
    }
    assert await cells(three) == before
    await set_names(three, alias("prod", "production"), alias("Prd", "production"))
    merged = {("checkout", "production"): ("3", "2"), ("pay", "production"): ("4", None)}
    assert await cells(three) == merged
    for name in ("production", "PROD", "prd "):
        assert await cells(three, environment=name) == merged
        assert await listed(three, name) == dict.fromkeys(("d-1", "d-2", "d-3", "d-4"), "production")
        assert await listed(three, name, state="successful", service="pay") == {"d-4": "production"}
        assert await listed(three, name, INCIDENTS) == {"d-9": "production"}
        found = (await three.get(f"{ENVIRONMENTS}/{name}")).json()
        assert (found["name"], found["aliases"]) == ("production", ["prd", "prod"])
        assert {one["name"] for one in found["environments"]} == {"PRD", "Production", "prod", "PROD"}
    table = (await three.get(TARGET, params={"environment": "prd", "format": "csv"})).text
    assert table.count("production") >= 4
    assert (await three.get(f"{TARGET}?environment=prod")).json()["deployments"][0]["environment"] == "PROD", "as it was sent"
    await set_names(three, alias("prod", None), alias("prd", None))
    assert await cells(three) == before
    history = (await three.get(f"{ENVIRONMENTS}/history")).json()["history"]
    assert [one["changes"] for one in history] == [
        ["prd is another name of production.", "prod is another name of production."],
        ["prd is no longer another name of production.", "prod is no longer another name of production."],
    ]
    assert all(one["actor"].startswith("credential:") for one in history)


async def test_an_environment_is_renamed_with_its_names_and_its_tier(three):
    await set_names(three, alias("prod", "production"), {"environment": "production", "tier": "testing"})
    await set_names(three, {"environment": "Production", "name": "Prod"})
    assert await cells(three, tier="testing") == {("checkout", "Prod"): ("3", "2")}
    await set_names(three, {"environment": "prod", "name": "Live EU"})
    assert set(await listed(three, "production")) == set(await listed(three, "live eu")) == {"d-1", "d-2", "d-3"}
    found = (await three.get(f"{ENVIRONMENTS}/prod")).json()
    assert (found["name"], found["aliases"]) == ("Live EU", ["prod", "production"])
    assert {one["tier"] for one in found["environments"]} == {"testing"}


REFUSED = [
    ([alias("PROD ", "prod")], 422, "are one name"),
    ([alias("prod", "production"), alias("production", "prod")], 422, "rename"),
    ([alias("a", "b"), alias("b", "c"), alias("c", "a")], 422, "rename"),
    ([alias("prod", None)], 409, "is not another name"),
    ([alias("prod", "production"), {"environment": "prod", "tier": "staging"}], 422, "set the tier of that one"),
    ([{"environment": "prod", "name": "production"}], 422, "already"),
    ([{"environment": "nowhere", "name": "somewhere"}], 409, "There is no environment"),
    ([alias("prod", "p\u202erod")], 422, "not shown"),
    ([alias("p" * 256, "prod")], 422, "at most 255"),
    ([alias(f"name-{number}", "prod") for number in range(200)], 422, "at most 200 names"),
    ([{"environment": "prod"}], 422, "tier"),
]


async def test_what_cannot_be_is_refused_as_a_whole_with_a_sentence(three):
    for items, status, sentence in REFUSED:
        for parameters in ({}, {"dry_run": "true"}):
            answer = await three.post(ENVIRONMENTS, json=items, params=parameters)
            assert (answer.status_code, sentence in answer.json()["detail"]) == (status, True), answer.text
    assert (await three.get(f"{ENVIRONMENTS}/history")).json() == {"history": []}


async def test_a_name_may_stand_for_another_name_and_comes_back_with_all_its_own(three):
    await set_names(three, alias("prd", "prod"), alias("prod", "production"), alias("never-\u202eseen", "prd"))
    assert await cells(three) == {("checkout", "production"): ("3", "2"), ("pay", "production"): ("4", None)}
    assert (await three.get(f"{ENVIRONMENTS}/PRD")).json()["aliases"] == ["never-\u202eseen", "prd", "prod"]
    await set_names(three, alias("prod", None))
    assert await cells(three) == {
        ("checkout", "Production"): ("2", None),
        ("checkout", "prod"): ("3", "1"),
        ("pay", "prod"): ("4", None),
    }


@pytest.mark.both_stores
async def test_as_of_a_moment_the_names_of_then_count_and_at_a_moment_those_of_today(three):
    early = now()
    before = await cells(three)
    await set_names(three, alias("prod", "production"))
    then, merged = now(), await cells(three)
    await set_names(three, alias("prod", None), alias("production", "elsewhere"))
    assert await cells(three, as_of=early) == before
    assert await cells(three, as_of=then) == merged
    assert await listed(three, "prod", as_of=then) == dict.fromkeys(("d-1", "d-2", "d-3"), "production")
    assert set(await listed(three, "prod", as_of=early)) == {"d-1", "d-3"}
    assert (await three.get(f"{ENVIRONMENTS}/prod", params={"as_of": then})).json()["name"] == "production"
    assert await cells(three, at="2026-03-04T12:00:00Z", environment="production") == {("checkout", "elsewhere"): ("2", None)}


@pytest.mark.both_stores
async def test_two_who_change_names_at_once_both_keep_theirs(three, place):
    answers = await asyncio.gather(*(three.post(ENVIRONMENTS, json=alias(f"name-{n}", "production")) for n in range(4)))
    assert {one.status_code for one in answers} <= {200, 409}
    done = sorted(f"name-{n}" for n, one in enumerate(answers) if one.status_code == 200)
    assert done
    assert (await three.get(f"{ENVIRONMENTS}/production")).json()["aliases"] == done
    async with client_of(place, await issue_token(place, organization="names-rival")) as rival:
        assert (await rival.get(f"{ENVIRONMENTS}/name-1")).status_code == 404


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_ledger_with_aliases_answers_as_one_whose_senders_use_one_name(native, place, seed):
    rng = random.Random(seed)
    meant = {name: rng.choice(NAMES) for name in NAMES[1:]}
    aliases = [alias(name, of) for name, of in meant.items() if NAMES.index(of) < NAMES.index(name)]  # so none leads to itself
    ends = {one["environment"]: one["alias_of"] for one in aliases}

    def end_of(name):
        while name in ends:
            name = ends[name]
        return name

    story = []
    for number in range(25):
        state = rng.choice(["successful", "successful", "failed", "in_progress", "rolled_back"])
        ended = None if state == "in_progress" else f"2026-03-04T{rng.randint(12, 20)}:30:00Z"
        service = rng.choice(["checkout", "pay"])
        story.append(ran(number, rng.choice(NAMES), rng.randint(1, 11), state=state, finished_at=ended, service=service))
    await native.post(TARGET, json=story[:15])
    await set_names(native, *aliases) if aliases else None
    await native.post(TARGET, json=story[15:])
    async with client_of(place, await issue_token(place, organization=f"one-name-{seed}")) as plain:
        await plain.post(TARGET, json=[{**one, "environment": end_of(one["environment"])} for one in story])
        for parameters in ({}, {"at": "2026-03-04T16:00:00Z"}, {"environment": NAMES[0]}, {"tier": "production"}):
            assert await cells(native, **parameters) == await cells(plain, **parameters), parameters
        for name in NAMES:
            assert set(await listed(native, name)) == set(await listed(plain, end_of(name)))


async def test_datadogs_queries_find_an_environment_by_all_its_names_and_answer_with_those_that_were_sent(native, place):
    await set_names(native, alias("PROD", "production"))
    times = {"started_at": datadog.STARTED, "finished_at": datadog.STARTED + 300}
    async with datadog.client_of(place, await datadog.issue_keys(place)) as client:
        for env in ("PROD", "staging"):
            await client.post(f"{datadog.DORA}/deployment", json=datadog.create_body(env=env, **times))
            await client.post(f"{datadog.DORA}/failure", json=datadog.failure_body(env=env))
        await place.count_deployments()
        for query, sent in (("env:production", ["PROD"]), ("env:prod", ["PROD"]), ("-env:production", ["staging"])):
            for path, body in (("deployments", datadog.list_body), ("failures", datadog.failures_body)):
                bounds = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
                answer = await client.post(f"{datadog.DORA}/{path}", json=body(query, **bounds))
                assert [one["attributes"]["env"] for one in answer.json()["data"]] == sent, (query, path, answer.text)


async def test_vendors_get_back_the_name_that_they_sent(native, opsgenie, place):
    await set_names(native, alias("PROD", "production"), {"environment": "production", "tier": "staging"})
    sent = {"type": "Production", "id": "e-1", "displayName": "PROD"}
    found = await get(opsgenie, await created(opsgenie, environment=sent))
    assert found["environment"]["displayName"] == "PROD"
    one = jira_deployment(environment={"id": "e-1", "displayName": "PROD", "type": "production"})
    async with await connect_client(place) as jira:
        await jira.post(f"{SITE}/bulk", json={"deployments": [one]})
        answer = (await get_until(jira, f"{SITE}/pipelines/storefront/environments/e-1/deployments/41")).json()
    assert answer["environment"] == one["environment"]
    assert {one["canonical_environment"] for one in (await native.get(TARGET)).json()["deployments"]} == {"production"}
