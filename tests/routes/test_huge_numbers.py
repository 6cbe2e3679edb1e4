"""A number that fits no machine word is the sender's mistake, and never a fault of the server."""

from __future__ import annotations

import json

import pytest

from tests.support import datadog
from tests.support.jira_clients import SITE
from tests.support.tenants import Sent, make_tenant
from tests.support.writes import WRITES, datadog_list

pytestmark = pytest.mark.only_postgres

HUGE = {
    "309 digits": "9" * 309,
    "400": "1" * 400,
    "4301": "9" * 4_301,
    "negative": "-" + "9" * 309,
    "exponent": "1e309",
    "2^64": str(2**64),
}


@pytest.fixture
async def tenant(server):
    return await make_tenant(server, "default", app_key="com.example.app")


@pytest.fixture
async def client(server):
    async with server.client() as opened:
        yield opened


def places(value, at=()):
    """The way to each member of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*at, key)
        yield from places(item, (*at, key))


def put(body, place, mark):
    """``body`` with ``mark`` at a place."""
    copy = json.loads(json.dumps(body))
    holder = copy
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = mark
    return copy


async def send(tenant, client, sent: Sent, text: str):
    """The answer to a body as text."""
    headers = {**tenant.proofs[sent.scheme](sent.method, sent.target), "Content-Type": "application/json"}
    return await client.request(sent.method, sent.target, content=text.encode(), headers=headers)


EXTRA = {
    "jira": {"duration": 1.5, "label": "x", "schemaVersion": "1.0", "issueKeys": ["A-1"]},
    "datadog": {"env": "prod", "version": "1", "custom_tags": ["a:b"], "id": "deployment-1234567"},
    "iftrue": {"deployment_duration": 5, "commits_count": 3, "deployment_duration_minutes": 5},
    "incidents": {"details": {"a": "b"}, "tags": ["x"], "priority": "P1"},
}


async def test_no_huge_number_in_any_member_is_a_fault_of_ours(tenant, client):
    wrong = []
    lists = {"list": lambda: datadog_list(**{"from": "2026-01-01T00:00:00Z", "limit": 5})}
    for name, write in {**WRITES, **lists}.items():
        sent = write(**EXTRA.get(name, {})) if name in WRITES else write()
        for number, place in enumerate(places(sent.body)):
            kind = list(HUGE)[number % len(HUGE)]
            for word in {kind, "309 digits"}:
                text = json.dumps(put(sent.body, place, "HUGE")).replace('"HUGE"', HUGE[word])
                answer = await send(tenant, client, sent, text)
                if answer.status_code >= 500:
                    wrong.append((name, place, word, answer.text))
    assert wrong == []


async def test_huge_numbers_in_paths_and_queries_are_the_senders_mistake(tenant, client):
    digits = HUGE["4301"]
    for scheme, method, target in (
        ("GenieKey", "GET", f"/v2/deployments/search?serviceIds=a&limit={digits}"),
        ("GenieKey", "GET", f"/v2/deployments/search?serviceIds=a&paginationKey={digits}"),
        ("GenieKey", "GET", f"/v1/incidents?offset={digits}"),
        ("GenieKey", "GET", f"/v1/incidents?query=createdAt%3E{digits}"),
        ("GenieKey", "GET", f"/v1/incidents?query=tinyId%3A{digits}"),
        ("GenieKey", "GET", f"/v1/incidents/{digits}?identifierType=tiny"),
        ("JiraOAuth", "GET", f"{SITE}/pipelines/a/environments/b/deployments/{digits}"),
        ("JiraOAuth", "DELETE", f"{SITE}/pipelines/a/environments/b/deployments/{digits}"),
        ("JiraOAuth", "DELETE", f"{SITE}/bulkByProperties?a={digits}&_updateSequenceNumber={digits}"),
        ("Datadog", "GET", f"{datadog.DORA}/deployments/{digits}"),
        ("GenieKey", "GET", f"/issues/SHIP-{digits}"),
        ("GenieKey", "GET", f"/services?offset={digits}"),
        ("GenieKey", "GET", f"/projects/SHIP?days={digits}"),
    ):
        answer = await tenant.send(client, Sent(scheme, method, target))
        assert answer.status_code < 500, (target[:60], answer.text)
