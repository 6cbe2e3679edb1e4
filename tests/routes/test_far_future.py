"""A start in the far future makes nothing the latest, and is marked wherever the shape of an answer allows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.ledger.receipt import OWN_PROTOCOL
from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.jira_clients import SITE
from tests.support.site import Html
from tests.support.tenants import Sent, make_tenant
from tests.support.writes import datadog_list, datadog_write, jira_write, native_write, opsgenie_write

NOW = datetime.now(UTC).replace(microsecond=0)
FAR = datetime(2099, 1, 2, tzinfo=UTC)
SOON = NOW + timedelta(hours=14)
"""A zone that was left out is no far future."""


def text_of(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9


def writes(name: str, start: datetime, number: int):
    """A deployment of each protocol that starts then."""
    at, end = text_of(start), text_of(start + timedelta(minutes=2))
    place = {"type": "Production", "id": "prod", "displayName": "Prod"}
    return (
        opsgenie_write(
            message=f"SHIP-1 Opsgenie {name}", startedAt=at, externalId=f"o-{name}", environment=place, state="started"
        ),
        jira_write(displayName=f"Jira {name}", lastUpdated=at, deploymentSequenceNumber=number, updateSequenceNumber=1),
        native_write(title=f"Native {name}", started_at=at, finished_at=end, external_id="one", service="shop"),
        datadog_write(
            service="checkout",
            version=name,
            started_at=nanoseconds(start),
            finished_at=nanoseconds(start) + 10**9,
            id=f"d-{name}-0123456789",
        ),
    )


@pytest.fixture
async def client(server):
    async with server.client() as opened:
        yield opened


async def test_a_start_in_the_far_future_makes_nothing_the_latest_and_is_marked(server, client):
    tenant = await make_tenant(server, "default", app_key="com.example.app")

    async def send(*sent):
        answers = [await tenant.send(client, one) for one in sent]
        assert all(answer.is_success for answer in answers), [answer.text for answer in answers]
        await server.count_deployments()
        return answers

    (_, _, native, _) = await send(*writes("far", FAR, 41))
    assert "2099-01-02" in native.json()["time_remark"]
    found = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
    records = [one for one in found if one.receipt.protocol != OWN_PROTOCOL]  # the ledger notes names of repositories
    assert len(records) == 4
    for record in records:
        (verdict,) = record.settlement.verdicts
        assert "lies more than a day after the report" in verdict.sentence, record.receipt.protocol

    (_, _, native, _) = await send(*writes("soon", SOON, 42))
    assert native.json()["time_remark"] is None
    page = Html((await client.get("/deployments")).text)
    assert len([found for found in page.all("a") if found.get("id", "").startswith("deployment-")]) == 4
    assert "Jira soon" in page.text
    assert "Jira far" not in page.text
    first = Html((await client.get(page.all("a", id="ahead")[0]["href"])).text)
    assert first.text.count("in the future") == 4
    assert len([found for found in first.all("a") if found.get("id", "").startswith("deployment-")]) == 8

    overview = Html((await client.get("/")).text).text
    assert overview.index("soon") < overview.index("far")
    issue = Html((await client.get("/issues/SHIP-1")).text).text
    assert "soon" in issue.partition("Releases")[2].partition("Development")[0]

    listed = (await tenant.send(client, datadog_list(query="service:checkout", to=text_of(FAR + timedelta(days=1))))).json()[
        "data"
    ]
    tags = {one["attributes"]["version"]: one["attributes"].get("custom_tags") for one in listed}
    assert "deployment_time:in_the_future" in tags["far"]
    assert "deployment_time:in_the_future" not in (tags["soon"] or ())
    path = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"
    assert (await tenant.send(client, Sent("JiraOAuth", "GET", path))).json()["lastUpdated"].startswith("2099-01-02")


async def test_of_the_runs_that_share_an_id_the_one_that_has_begun_is_meant(server, client):
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    for start in (FAR, NOW):
        sent = opsgenie_write(startedAt=text_of(start), completedAt=text_of(start), externalId="build-7", state="successful")
        assert (await tenant.send(client, sent)).status_code == 202
        await server.count_deployments()
    assert await server.count_deployments() == 2
    found = (await tenant.send(client, Sent("GenieKey", "GET", "/v2/deployments/build-7?type=api"))).json()["data"]
    assert datetime.fromisoformat(found["startedAt"]) == NOW
