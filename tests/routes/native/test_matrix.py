"""``GET /ledger/v1/matrix``: what runs where, now and at a moment."""

from __future__ import annotations

import csv
import io
import random

import pytest

from tests.support.native import SHA, TARGET, client_of, deployment, issue_token

MATRIX = "/ledger/v1/matrix"


def at(hour, minute=0):
    return f"2026-03-04T{hour:02}:{minute:02}:00Z"


def since(hour):
    return f"2026-03-04T{hour:02}:05:00.000Z"


def one(name, hour, **changes):
    """A deployment that came to run at an hour."""
    said = {"started_at": at(hour), "finished_at": at(hour, 5), "version": name, "releases": None, "external_id": name}
    return deployment(**{**said, **changes})


STORY = [
    one("A", 8),
    one("B", 10),
    one("B", 10, state="rolled_back", finished_at=at(11)),
    one("C", 12, state="failed"),
    one("D", 13, state="in_progress", finished_at=None),
    one("E", 14),
    one("S", 9, environment="staging", tier="staging"),
    one("P", 9, service="payments", releases=[{"repository": "github.com/acme/pay", "commit": SHA}]),
]


async def tell(client, story=STORY):
    answer = (await client.post(TARGET, json=story)).json()
    return {one["external_id"]: one["id"] for one in answer["deployments"]}


async def read(client, **parameters):
    answer = await client.get(MATRIX, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def cells(client, **parameters):
    found = (await read(client, **parameters))["cells"]
    return {
        (cell["service"], cell["environment"]): (cell["version"], cell["before"] and cell["before"]["version"]) for cell in found
    }


NOW = {("checkout", "production"): ("E", "A"), ("checkout", "staging"): ("S", None), ("payments", "production"): ("P", None)}


@pytest.mark.both_stores
async def test_every_cell_has_what_runs_with_its_commit_and_what_ran_before(native):
    ids = await tell(native)
    found = await read(native)
    assert (found["at"], found["next_cursor"]) == (None, None)
    first, _, last = found["cells"]
    assert (first["id"], first["external_id"], first["state"], first["since"]) == (ids["E"], "E", "successful", since(14))
    assert (first["before"]["id"], first["before"]["since"]) == (ids["A"], since(8))
    assert (last["service"], last["commit"], last["tier"]) == ("payments", SHA, "production")
    assert await cells(native) == NOW


@pytest.mark.parametrize(
    "moment, ran",
    [
        (at(8), None),
        (at(8, 5), ("A", None)),
        (at(10, 4), ("A", None)),
        (at(10, 5), ("B", "A")),
        (at(10, 59), ("B", "A")),
        (at(11), ("A", None)),
        (at(13, 30), ("A", None)),
        (at(14, 5), ("E", "A")),
        ("2099-01-01", ("E", "A")),
    ],
)
async def test_at_a_moment_it_is_what_ran_then_by_what_is_known_today(native, moment, ran):
    await tell(native)
    assert (await cells(native, at=moment)).get(("checkout", "production")) == ran


@pytest.mark.both_stores
async def test_the_order_of_arrival_makes_no_difference(native, place):
    moments = [at(8), at(9, 30), at(10, 30), at(11, 30), at(14, 30)]
    expected = None
    for seed in range(3):
        async with client_of(place, await issue_token(place, organization=f"shuffled-{seed}")) as client:
            await tell(client, random.Random(seed).sample(STORY, k=len(STORY)))
            found = [await cells(client, at=moment) for moment in moments]
            expected = expected or found
            assert found == expected
    assert expected is not None


@pytest.mark.parametrize(
    "filters, shown",
    [
        ({"service": "CHECKOUT"}, {("checkout", "production"), ("checkout", "staging")}),
        ({"tier": "staging"}, {("checkout", "staging")}),
        ({"environment": "PRODUCTION"}, {("checkout", "production"), ("payments", "production")}),
        ({"team": "Money"}, {("payments", "production")}),
        ({"service": "nobody"}, set()),
    ],
)
async def test_filters_narrow_it(native, filters, shown):
    await native.post("/ledger/v1/services", json={"name": "payments", "team": "money"})
    await tell(native)
    assert set(await cells(native, **filters)) == shown


@pytest.mark.both_stores
async def test_pages_hold_services_and_survive_new_ones(native):
    await tell(native)
    first = await read(native, limit=1, at=at(15))
    assert {cell["service"] for cell in first["cells"]} == {"checkout"}
    await tell(native, [one("N", 9, service="aardvark")])
    second = await read(native, limit=1, at=at(15), cursor=first["next_cursor"])
    assert ({cell["service"] for cell in second["cells"]}, second["next_cursor"]) == ({"payments"}, None)
    assert (await native.get(MATRIX, params={"cursor": first["next_cursor"]})).status_code == 422


async def test_it_is_a_table_too(native):
    await tell(native)
    rows = list(csv.DictReader(io.StringIO((await native.get(MATRIX, params={"format": "csv"})).text)))
    assert (rows[0]["service"], rows[0]["environment"], rows[0]["version"]) == ("checkout", "production", "E")


@pytest.mark.parametrize("parameters", [{"at": "yesterday"}, {"limit": "501"}, {"as_off": "2026-03-04"}])
async def test_wrong_parameters_are_named(native, parameters):
    refused = await native.get(MATRIX, params=parameters)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, set(parameters))
