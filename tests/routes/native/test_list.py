"""``GET /ledger/v1/deployments``: filters, pages, CSV, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import opsgenie
from tests.support.native import SHA, TARGET, client_of, deployment, issue_token
from tests.support.services import TESTER

START = datetime(2026, 3, 4, 10, tzinfo=UTC)
OTHER_SHA = "aa11" + SHA[4:]

FLEET = (
    {"external_id": "a", "service": "checkout", "environment": "production", "state": "successful", "actor": "Ada"},
    {"external_id": "b", "service": "checkout", "environment": "staging", "state": "failed", "actor": "Grace"},
    {"external_id": "c", "service": "payments", "environment": "production", "state": "failed", "actor": "ada"},
    {
        "external_id": "d",
        "service": None,
        "environment": "prod-eu",
        "environment_name": "Europe",
        "tier": "production",
        "state": "successful",
        "actor": None,
        "releases": [
            {"repository": "github.com/acme/till", "commit": SHA},
            {"repository": "github.com/acme/till", "commit": OTHER_SHA},
            {"repository": "gitlab.com/acme/web", "commit": OTHER_SHA},
        ],
    },
)


def minute(number: int) -> str:
    return (START + timedelta(minutes=number)).isoformat()


async def record_fleet(client):
    times = [{"started_at": minute(number), "finished_at": minute(number + 1)} for number in range(len(FLEET))]
    answer = await client.post(TARGET, json=[deployment(**one, **at) for one, at in zip(FLEET, times, strict=True)])
    assert answer.status_code == 201, answer.text


async def ask(client, query="", **headers):
    answer = await client.get(f"{TARGET}?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def ids(client, query=""):
    return "".join(one["external_id"] for one in (await ask(client, query)).json()["deployments"])


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", "dcba"),
        ("service=checkout", "ba"),
        ("service=CheckOut&state=failed", "b"),
        ("service=nobody", ""),
        ("environment=production", "ca"),
        ("environment=europe", "d"),
        ("environment=prod-eu", "d"),
        ("environment=production&service=payments", "c"),
        ("tier=production", "dca"),
        ("tier=Staging", "b"),
        ("state=failed", "cb"),
        ("state=failure&tier=production", "c"),
        ("actor=ADA", "ca"),
        ("actor=ada&environment=production&state=successful", "a"),
        ("source=native", "dcba"),
        ("source=jira", ""),
        ("repository=github.com/acme/shop", "cba"),
        ("repository=https://ci@github.com/acme/till.git", "d"),
        ("repository=gitlab.com/acme/web&actor=ada", ""),
        (f"commit={SHA[:7]}", "dcba"),
        (f"commit={OTHER_SHA[:5].upper()}", "d"),
        (f"commit={OTHER_SHA}&repository=gitlab.com/acme/web", "d"),
        (f"commit={SHA[:7]}&repository=gitlab.com/acme/web", ""),
        (f"commit={SHA[:7]}&service=checkout", "ba"),
        ("commit=%25%25%25%25", ""),
        ("from=2026-03-04T10:01:00Z", "dcb"),
        ("to=2026-03-04T10:02:00Z", "ba"),
        ("to=0001-01-01T00:00:00Z", ""),
        ("to=9999-12-31T23:59:59Z", "dcba"),
        ("from=2026-03-04T11:01:00+01:00&to=2026-03-04T10:02:00Z", "b"),
        ("from=2026-03-04&to=2026-03-05", "dcba"),
        ("from=2026-03-05", ""),
        ("state=&service=&cursor=", "dcba"),
    ],
)
async def test_filters_leave_what_is_asked_for_newest_first(fleet, query, expected):
    assert await ids(fleet, query) == expected


@pytest.fixture(scope="module")
async def fleet(shared_server):
    """A client of an organization that has the fleet, and no more."""
    async with client_of(shared_server, await issue_token(shared_server, organization="fleet")) as client:
        await record_fleet(client)
        yield client


@pytest.mark.both_stores
async def test_a_service_has_what_its_repositories_deployed_and_what_senders_called_by_its_names(native, place):
    await record_fleet(native)
    owner, directory = await place.organization_id(), place.app.directory
    service = await directory.get_service(owner, "checkout")
    await directory.map_repository(owner, "checkout", "github.com/acme/till", by=TESTER)
    await directory.add_service_name(owner, "payments", "tills", by=TESTER)
    await native.post(TARGET, json=deployment(external_id="e", service="tills", started_at=minute(9), finished_at=minute(9)))
    for name in (service.service_id, service.slug, "Checkout"):
        assert await ids(native, f"service={name}") == "dba"
    assert await ids(native, "service=checkout&repository=github.com/acme/till") == "d"
    assert await ids(native, "service=payments") == "ec"
    assert (await ask(native, "environment=europe")).json()["deployments"][0]["service"] == "checkout"


async def test_deployments_of_every_protocol_are_listed_and_those_of_others_are_not(native, place):
    async with place.client(await place.issue()) as opsgenie_client:
        await opsgenie_client.post("/v2/deployments", json=opsgenie.create_body(externalId="o"))
    await native.post(TARGET, json=deployment(external_id="n"))
    async with client_of(place, await issue_token(place, organization="list-rival")) as rival:
        await rival.post(TARGET, json=deployment(external_id="r"))
        assert await place.count_deployments() == 2
        assert sorted(await ids(native)) == ["n", "o"]
        assert "o" not in await ids(rival)
        theirs = (await ask(native, "limit=1")).json()["next_cursor"]
        assert await ids(rival, f"limit=1&cursor={theirs}") in ("", "r")


async def test_a_list_has_the_same_records_as_reading_one(native):
    await record_fleet(native)
    for one in (await ask(native)).json()["deployments"]:
        assert (await native.get(f"{TARGET}/{one['id']}")).json() == one


async def walk(client, query, *, between=None):
    """All pages by their cursors, and the ids in the order in which they were shown."""
    shown, cursor = [], ""
    while True:
        answer = await ask(client, f"{query}&cursor={cursor}")
        shown.append([one["external_id"] for one in answer.json()["deployments"]])
        cursor = answer.json()["next_cursor"]
        assert ("next" in answer.links) == (cursor is not None)
        if cursor is None:
            return shown
        if between is not None:
            await between(len(shown))


@pytest.mark.both_stores
async def test_what_starts_in_the_far_future_comes_last_unless_a_time_is_asked_for(native):
    await record_fleet(native)
    for name, start in (("y", "2098-01-01"), ("z", "2099-01-01")):
        late = deployment(external_id=name, state="pending", started_at=f"{start}T00:00:00Z", finished_at=None)
        await native.post(TARGET, json=late)
    assert await ids(native) == "dcbazy"
    for limit in range(1, 7):
        assert "".join(name for page in await walk(native, f"limit={limit}") for name in page) == "dcbazy"
    assert await ids(native, "from=2026-03-04T10:02:00Z") == "zydc"
    assert await ids(native, "state=pending") == "zy"


async def test_a_list_is_walked_by_its_links(native):
    await record_fleet(native)
    answer = await ask(native, "limit=3&tier=production")
    assert answer.json()["next_cursor"] is None
    assert "Link" not in answer.headers
    answer = await ask(native, "limit=2&tier=production")
    link = answer.links["next"]["url"]
    assert f"cursor={answer.json()['next_cursor']}" in link
    assert "tier=production" in link
    rest = await native.get(link)
    assert [one["external_id"] for one in rest.json()["deployments"]] == ["a"]
    assert rest.json()["next_cursor"] is None


@pytest.mark.both_stores
@settings(max_examples=8, deadline=None)
@given(
    limit=st.integers(1, 4),
    inserted=st.lists(st.lists(st.integers(-30, 60), max_size=3), max_size=6),
    narrowed=st.booleans(),
)
async def test_pages_show_what_was_there_exactly_once_in_order_whatever_is_recorded_meanwhile(paged, limit, inserted, narrowed):
    client, starts, fresh = paged

    async def insert(page: int) -> None:
        for offset in inserted[page - 1] if page <= len(inserted) else []:
            name = fresh()
            starts[name] = offset
            await client.post(TARGET, json=deployment(external_id=name, started_at=minute(offset), finished_at=minute(offset)))

    before = set(starts)
    shown = await walk(client, f"limit={limit}" + ("&service=checkout" if narrowed else ""), between=insert)
    flat = [name for page in shown for name in page]
    assert [len(page) for page in shown[:-1]] == [limit] * (len(shown) - 1)
    assert before <= set(flat) <= set(starts)
    assert len(flat) == len(set(flat))
    assert [starts[name] for name in flat] == sorted((starts[name] for name in flat), reverse=True)


@pytest.fixture(scope="module")
async def paged(shared_server):
    """A client, the starts of what it recorded in an organization of its own, and how it calls the next."""
    async with client_of(shared_server, await issue_token(shared_server, organization="paged")) as client:
        starts = {f"d{number}": number // 3 for number in range(9)}  # some start at the same moment
        for name, at in starts.items():
            await client.post(TARGET, json=deployment(external_id=name, started_at=minute(at), finished_at=minute(at)))
        yield client, starts, lambda: f"d{len(starts)}"


@pytest.mark.parametrize(
    "query, faults",
    [
        ("colour=blue", {"colour": "is not a parameter here"}),
        ("state=done", {"state": "should be one of pending, in_progress"}),
        ("tier=prod", {"tier": "should be one of development"}),
        ("from=yesterday", {"from": "should be a date such as"}),
        ("from=2026-03-05&to=2026-03-04", {"to": "should be after from"}),
        ("limit=0", {"limit": "should be a number from 1 to 1000"}),
        ("limit=1001", {"limit": "should be a number"}),
        ("limit=x", {"limit": "should be a number"}),
        ("limit=%D9%A3", {"limit": "should be a number"}),
        ("state=failed&state=successful", {"state": "should be given once"}),
        ("commit=abc", {"commit": "should have at least 4 characters"}),
        ("format=xml", {"format": "should be one of json, csv"}),
        ("cursor=abc", {"cursor": "should be a next_cursor"}),
        ("cursor=W10", {"cursor": "should be a next_cursor"}),
        ("service=a%00b", {"service": "should not contain"}),
        ("tier=x&limit=x", {"tier": "should be one of", "limit": "should be a number"}),
    ],
)
async def test_what_is_wrong_in_a_query_is_named_in_the_envelope_of_all_errors(fleet, query, faults):
    answer = await fleet.get(f"{TARGET}?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    told = answer.json()["errors"]
    assert sorted(told) == sorted(faults)
    assert all(told[name].startswith(text) for name, text in faults.items())


async def test_a_cursor_of_other_filters_is_refused(fleet):
    cursor = (await ask(fleet, "limit=1&tier=production")).json()["next_cursor"]
    refused = await fleet.get(f"{TARGET}?limit=1&tier=staging&cursor={cursor}")
    assert refused.json()["errors"] == {"cursor": "belongs to other filters; send those that it was given for"}
    assert await ids(fleet, f"limit=3&tier=production&cursor={cursor}") == "ca"


@pytest.mark.parametrize(
    "query, accept, expected",
    [
        ("format=csv", "*/*", "text/csv"),
        ("", "text/csv", "text/csv"),
        ("", "application/json;q=0.5, text/csv", "text/csv"),
        ("", "text/csv;q=0.5, application/json", "application/json"),
        ("format=json", "text/csv", "application/json"),
        ("", "*/*", "application/json"),
    ],
)
async def test_csv_is_given_to_who_asks_for_it(fleet, query, accept, expected):
    answer = await ask(fleet, query, Accept=accept)
    assert answer.headers["Content-Type"].partition(";")[0] == expected


async def test_a_csv_has_a_column_for_each_member_and_nothing_that_a_spreadsheet_would_compute(native):
    await record_fleet(native)
    await native.post(TARGET, json=deployment(external_id="f", title="=1+1", description='a "b",\nc', is_hotfix=True))
    answer = await ask(native, "format=csv")
    rows = {row["external_id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    (record,) = [one for one in (await ask(native)).json()["deployments"] if one["external_id"] == "d"]
    assert list(rows["d"]) == [one for one in record if one not in ("merged_into", "witnesses", "sources")]
    assert rows["d"]["releases"] == " ".join(f"{one['repository']}@{one['commit']}" for one in record["releases"])
    assert (rows["d"]["actor"], rows["d"]["started_at"]) == ("", record["started_at"])
    assert (rows["f"]["title"], rows["f"]["description"], rows["f"]["is_hotfix"]) == ("'=1+1", 'a "b",\nc', "true")
    paged = await ask(native, "format=csv&limit=2")
    assert len(list(csv.DictReader(io.StringIO(paged.text)))) == 2
    assert "format=csv" in paged.links["next"]["url"]
