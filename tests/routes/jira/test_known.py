"""Which issues and services are known is decided for each organization."""

from __future__ import annotations

import pytest

from shipledger.catalog.issue import AssociationRules, Issue, IssueMode
from shipledger.catalog.service import ServiceDraft
from shipledger.ledger.deployment import issue_alias
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.protocols.interpreting import Interpreters
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client, get_until
from tests.support.protocols import list_protocols
from tests.support.services import TESTER
from tests.support.settings import save_association_rules
from tests.support.site import Html

BULK = f"{SITE}/bulk"
SHIP_1 = Issue(key="SHIP-1", issue_id="10001", summary="Ship it", kind="Story", status="In review")
MIXED = deployment(**associated("issueIdOrKeys", "ship-1", "SHIP-2", "OPS-1", "UTF-8", "10001", "10002"))


async def unknown_of(client, *deployments):
    answer = await client.post(BULK, json={"deployments": deployments})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    values = [value for one in body["unknownAssociations"] for value in one["values"]]
    return body["unknownIssueKeys"] + values, len(body["acceptedDeployments"])


async def decide(server, mode, *projects, organization="default", **changes):
    organization_id = await server.organization_id(organization)
    await save_association_rules(server.app.store, AssociationRules(organization_id, mode, projects, **changes))
    return organization_id


@pytest.mark.parametrize(
    "mode, projects, unknown",
    [
        (None, (), ["UTF-8"]),
        (IssueMode.OPEN, (), ["UTF-8"]),
        (IssueMode.PROJECTS, ("SHIP",), ["OPS-1", "UTF-8", "10002"]),
        (IssueMode.PROJECTS, ("OPS",), ["ship-1", "SHIP-2", "UTF-8", "10001", "10002"]),
        (IssueMode.SYNCED, (), ["SHIP-2", "OPS-1", "UTF-8", "10002"]),
    ],
)
async def test_each_mode_reports_what_it_does_not_know(server, mode, projects, unknown):
    organization_id = await decide(server, mode, *projects)
    await server.app.store.save_issues(organization_id, [SHIP_1], seen_at=server.app.clock.now())
    async with await connect_client(server) as client:
        assert await unknown_of(client, MIXED) == (unknown, 1)


@pytest.mark.parametrize(
    "mode, projects", [(None, ()), (IssueMode.OPEN, ()), (IssueMode.PROJECTS, ("SHIP",)), (IssueMode.SYNCED, ())]
)
async def test_an_id_stands_for_the_issue_that_the_directory_knows_in_every_mode(server, mode, projects):
    organization_id, at = await decide(server, mode, *projects), server.app.clock.now()
    await server.app.store.save_issues(organization_id, [SHIP_1], seen_at=at)
    sent = deployment(
        associations=[{"associationType": "issueIdOrKeys", "values": [" 10001 ", 10001, "ship-1"]}], issueKeys=["10001"]
    )
    async with await connect_client(server) as client:
        assert await unknown_of(client, sent) == ([], 1)
        stored = await get_until(client, f"{SITE}/pipelines/storefront/environments/prod/deployments/41")
        assert stored.json()["issueKeys"] == ["10001"]
        (found,) = await server.app.store.list_deployments_by_alias(organization_id, issue_alias("SHIP-1"), limit=9)
        assert found.facts.issue_keys == ("SHIP-1",)
        await server.app.store.save_issues(organization_id, [Issue(key="MOVED-1", issue_id="10001")], seen_at=at)
        record = (await server.app.store.list_receipts(organization_id, ReceiptFilter()))[0]
        again = Interpreters()
        again.use(list_protocols(server.app.settings))
        assert again.interpret(record.receipt)[0].facts.issue_keys == ("SHIP-1",)


async def test_an_id_that_was_sent_before_the_directory_knew_it_leads_to_the_page_of_its_issue(server):
    organization_id = await server.organization_id()
    async with await connect_client(server) as client:
        await unknown_of(client, deployment(**associated("issueIdOrKeys", "10001")))
        await get_until(client, f"{SITE}/pipelines/storefront/environments/prod/deployments/41")
        assert "Release 41" in Html((await client.get("/issues/10001")).text).text
        await server.app.store.save_issues(organization_id, [SHIP_1], seen_at=server.app.clock.now())
        answer = await client.get("/issues/10001")
        assert (answer.status_code, answer.headers["location"]) == (303, "/issues/SHIP-1")
        assert "Release 41" in Html((await client.get("/issues/SHIP-1")).text).text


async def test_an_organization_decides_over_the_settings_and_for_itself_alone(serve):
    async with serve(jira_allowed_projects="OPS") as server:
        await decide(server, IssueMode.OPEN, organization="team-a")
        async with await connect_client(server) as client, await connect_client(server, organization="team-a") as other:
            assert (await unknown_of(client, MIXED))[0] == ["ship-1", "SHIP-2", "UTF-8", "10001", "10002"]
            assert (await unknown_of(other, MIXED))[0] == ["UTF-8"]


async def test_a_deployment_that_names_nothing_of_the_directory_is_refused_and_a_receipt_stays_as_it_was_judged(server):
    organization_id = await decide(server, IssueMode.SYNCED)
    store = server.app.store
    await store.save_issues(organization_id, [SHIP_1], seen_at=server.app.clock.now())
    async with await connect_client(server) as client:
        only_unknown = deployment(deploymentSequenceNumber=42, associations=None, issueKeys=["SHIP-2"])
        assert await unknown_of(client, MIXED, only_unknown) == (["SHIP-2", "SHIP-2", "OPS-1", "UTF-8", "10002"], 1)
        stored = await get_until(client, f"{SITE}/pipelines/storefront/environments/prod/deployments/41")
        assert stored.json()["associations"] == [{"associationType": "issueIdOrKeys", "values": ["ship-1", "10001"]}]
        record = (await store.list_receipts(organization_id, ReceiptFilter()))[0]
        await store.save_issues(organization_id, [Issue(key="SHIP-2")], seen_at=server.app.clock.now())
        again = Interpreters()
        again.use(list_protocols(server.app.settings))
        assert [type(one).__name__ for one in again.interpret(record.receipt)] == ["RecordDeployment", "Refuse"]


async def test_only_registered_services_are_known_when_that_is_switched_on(server):
    organization_id = await decide(server, None, only_registered_services=True)
    service = await server.app.directory.create_service(organization_id, ServiceDraft(name="Checkout UI"), by=TESTER)
    await server.app.directory.add_service_name(organization_id, "checkout-ui", "b:YXJpOmNsb3Vk", by=TESTER)
    names = ["checkout-ui", "CHECKOUT ui", service.service_id, "b:YXJpOmNsb3Vk", "", "payments"]
    async with await connect_client(server) as client:
        assert await unknown_of(client, deployment(**associated("serviceIdOrKeys", *names))) == (["", "payments"], 1)
        assert await unknown_of(client, deployment(**associated("serviceIdOrKeys", "payments"))) == (["payments"], 0)
        await decide(server, None)


async def test_a_service_has_the_deployments_that_call_it_by_any_of_its_names(server):
    organization_id = await server.organization_id()
    service = await server.app.directory.create_service(organization_id, ServiceDraft(name="Checkout UI"), by=TESTER)
    async with await connect_client(server) as client:
        for number, name in enumerate(("b:YXJpOmNsb3Vk", service.service_id, "payments")):
            sent = deployment(deploymentSequenceNumber=number, displayName=f"to {name}", **associated("serviceIdOrKeys", name))
            await unknown_of(client, sent)
        await server.count_deployments()
        await server.app.directory.add_service_name(organization_id, "checkout-ui", "B:yxjpomnsb3vk", by=TESTER)
        page = Html((await client.get("/services/checkout-ui")).text)
    assert "to b:YXJpOmNsb3Vk" in page.text
    assert f"to {service.service_id}" in page.text
    assert "to payments" not in page.text


async def test_the_page_of_an_issue_shows_what_its_tracker_says_and_why_one_is_not_known(server):
    organization_id = await decide(server, IssueMode.SYNCED)
    await server.app.store.save_issues(organization_id, [SHIP_1], seen_at=server.app.clock.now())
    async with server.client() as reader:
        assert "SHIP-1 Live Ship it Story, In review" in Html((await reader.get("/issues/ship-1")).text).text
        assert "It is not in the issue directory" in Html((await reader.get("/issues/SHIP-2")).text).text
        await decide(server, IssueMode.PROJECTS, "SHIP", "OPS")
        page = Html((await reader.get("/issues/WEB-8")).text).text
        assert "only reference issues of these projects: SHIP, OPS." in page


async def test_a_word_is_a_project_where_the_directory_has_an_issue_of_it(server):
    organization_id = await server.organization_id("default")
    await server.app.store.save_issues(organization_id, [Issue(key="ISO-1")], seen_at=server.app.clock.now())
    named = deployment(**associated("issueIdOrKeys", "ISO-8601", "SHA-256", "COVID-19", "SHIP-1"))
    async with await connect_client(server) as client, await connect_client(server, organization="team-a") as other:
        assert (await unknown_of(client, named))[0] == ["SHA-256", "COVID-19"]
        assert (await unknown_of(other, named))[0] == ["ISO-8601", "SHA-256", "COVID-19"]
