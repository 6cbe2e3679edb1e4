"""Builds, feature flags and remote links: answered in the vendor's shape under every prefix, and not kept."""

from __future__ import annotations

import json

import pytest

from shipledger.access.signing_app import AppLinks
from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.jira_clients import connect_client, install_app, sign

AT = "2026-03-04T05:06:07.000Z"
BUILD = {
    "schemaVersion": "1.0",
    "pipelineId": "p 1",
    "buildNumber": 41,
    "updateSequenceNumber": "2",
    "displayName": "Build 41",
    "url": "https://ci.example.com/41",
    "state": "successful",
    "lastUpdated": AT,
    "issueKeys": ["SHIP-1"],
    "testInfo": {"totalNumber": 3, "numberPassed": 3, "numberFailed": 0},
    "references": [{"commit": {"id": "a" * 40, "repositoryUri": "https://github.com/acme/shop"}}],
}
FLAG = {
    "id": "f1",
    "key": "new-cart",
    "updateSequenceId": 7,
    "displayName": "New cart",
    "issueKeys": ["SHIP-1"],
    "summary": {"status": {"enabled": True}, "lastUpdated": AT},
    "details": [
        {"url": "https://flags.example.com", "lastUpdated": AT, "environment": {"name": "prod"}, "status": {"enabled": True}}
    ],
}
LINK = {
    "schemaVersion": "1.0",
    "id": "l1",
    "updateSequenceNumber": 3,
    "displayName": "Scan 7",
    "url": "https://scans.example.com/7",
    "type": "security",
    "lastUpdated": AT,
    "associations": [{"associationType": "issueIdOrKeys", "values": ["SHIP-1", "UTF-8"]}],
}
UNKNOWN = {"associationType": "issueIdOrKeys", "values": ["UTF-8"]}
APIS = [
    (
        "builds/0.1",
        {"builds": [BUILD, BUILD | {"buildNumber": 42, "state": "done"}, BUILD | {"buildNumber": 43, "issueKeys": ["UTF-8"]}]},
        {
            "acceptedBuilds": [{"pipelineId": "p 1", "buildNumber": 41}],
            "rejectedBuilds": [
                {
                    "key": {"pipelineId": "p 1", "buildNumber": 42},
                    "errors": [
                        {"message": "'state' must be one of pending, in_progress, successful, failed, cancelled, unknown"}
                    ],
                },
                {"key": {"pipelineId": "p 1", "buildNumber": 43}, "errors": [{"message": "No valid associations found"}]},
            ],
            "unknownIssueKeys": ["UTF-8"],
            "unknownAssociations": [],
        },
        "pipelines/p%201/builds/41",
    ),
    (
        "featureflags/0.1",
        {"flags": [FLAG, FLAG | {"id": 2, "summary": None}], "properties": {"projectId": "project-7"}},
        {
            "acceptedFeatureFlags": ["f1"],
            "failedFeatureFlags": {"2": [{"message": "'summary' is required"}]},
            "unknownIssueKeys": [],
            "unknownAssociations": [],
        },
        "flag/f1",
    ),
    (
        "remotelinks/1.0",
        {"remoteLinks": [LINK, {"id": "l2"}, {name: LINK[name] for name in LINK if name != "associations"} | {"id": "l3"}]},
        {"acceptedRemoteLinks": ["l1", "l3"], "unknownAssociations": [UNKNOWN]},
        "remotelink/l1",
    ),
]


def prefixes(api, cloud_id):
    name, version = api.split("/")
    return (f"/rest/{api}", f"/jira/{api}/cloud/{cloud_id}", f"/ex/jira/{cloud_id.upper()}/rest/{api}", f"/{name}/{version}")


@pytest.mark.parametrize("api, body, expected, thing", APIS, ids=[api for api, *_ in APIS])
async def test_each_is_answered_in_its_shape_under_every_prefix_and_not_kept(place, api, body, expected, thing):
    organization_id = await place.organization_id()
    async with await connect_client(place) as client:
        for prefix in prefixes(api, organization_id):
            answer = await client.post(f"{prefix}/bulk/", json=body)
            assert answer.status_code == 202, (prefix, answer.text)
            assert {name: answer.json()[name] for name in expected} == expected
            assert answer.headers["X-Request-Id"]
            assert (await client.get(f"{prefix}/{thing}")).json() == [{"message": "No data found: this server does not keep it"}]
            for deleted in (thing, "bulkByProperties?projectId=project-7"):
                answer = await client.delete(f"{prefix}/{deleted}")
                assert (answer.status_code, answer.content) == (202, b"")
            assert (await client.delete(f"{prefix}/bulkByProperties?_updateSequenceId=1")).status_code == 400
            answer = await client.get(f"{prefix}/bulk")
            assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert await place.app.store.list_receipts(organization_id, ReceiptFilter()) == []


@pytest.mark.parametrize("api, body", [(api, body) for api, body, *_ in APIS], ids=[api for api, *_ in APIS])
async def test_a_body_that_cannot_be_read_is_refused_as_a_whole(place, api, body):
    (member,) = [name for name in body if name != "properties"]
    async with await connect_client(place) as client:
        wrongs = (b"{", b"[]", b"{}", *(json.dumps({member: wrong}).encode() for wrong in ([], {}, [7], body[member] * 1_001)))
        for content in (*wrongs, json.dumps(body | {"properties": {"_a": 1}}).encode()):
            answer = await client.post(f"/rest/{api}/bulk", content=content)
            assert (answer.status_code, [*answer.json()[0]]) == (400, ["message"]), content


MODULES = {
    "builds/0.1": "jiraBuildInfoProvider",
    "featureflags/0.1": "jiraFeatureFlagInfoProvider",
    "remotelinks/1.0": "jiraRemoteLinkInfoProvider",
    "devinfo/0.10": "jiraDevelopmentTool",
}


@pytest.mark.parametrize("api, module", MODULES.items())
async def test_an_app_needs_the_right_and_the_module_of_the_api_and_not_that_of_deployments(place, anonymous, api, module):
    target = f"/rest/{api}/bulk"
    for modules, scope, status in ((None, "write", 400), ((module,), "write", 400), ((), "write", 403), ((module,), "read", 403)):
        app_key = f"com.example.{api[:3]}-{scope}-{len(modules or ())}-{modules is None}-{place.home}"
        links = None if modules is None else AppLinks(base_url="https://app.example.com", modules=modules)
        await install_app(place, scope, app_key=app_key, has_deployment_module=False, links=links, organization=place.home)
        answer = await anonymous.post(target, headers={"Authorization": sign("POST", target, iss=app_key)}, json={})
        assert answer.status_code == status, (modules, scope, answer.text)
        if status == 403 and scope == "write":
            assert answer.json() == [{"message": f"The app does not define the {module} module"}]


async def test_what_the_gateway_refuses_and_paths_that_name_nothing(place, anonymous):
    for api in MODULES:
        refused = await anonymous.post(f"/jira/{api}/cloud/x/bulk", json={})
        assert (refused.status_code, refused.json()) == (401, {"code": 401, "message": "Unauthorized"})
    async with await connect_client(place) as client:
        for api in MODULES:
            assert (await client.post(f"/jira/{api}/cloud/other/bulk", json={})).status_code == 404
        assert (await client.delete("/rest/builds/0.1/pipelines/p/builds/x")).status_code == 400
        assert (await client.delete("/rest/builds/0.1/pipelines/p")).status_code == 404
