"""What we answer is what the vendor's OpenAPI description says.

It is older than some members, which it does not forbid. Its rule for associations contradicts itself about commits: one part
lists them, another forbids them.
"""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, get_until
from tests.support.project import ROOT

DESCRIPTION = json.loads((ROOT / "tests/contract/jira/openapi.json").read_text(encoding="utf-8"))
KEY = f"{SITE}/pipelines/{{pipelineId}}/environments/{{environmentId}}/deployments/{{deploymentSequenceNumber}}"
STORED = KEY.format(pipelineId="storefront", environmentId="prod", deploymentSequenceNumber=41)
FULL = deployment(
    issueKeys=["SHIP-1", "UTF-8"],
    label="v41",
    duration=1.5,
    triggeredBy={"email": "deployer@example.com"},
    commands=[{"command": "initiate_deployment_gating"}],
    associations=[
        {"associationType": "issueIdOrKeys", "values": ["SHIP-1", "UTF-16"]},
        {"associationType": "serviceIdOrKeys", "values": ["b:YXJp"]},
    ],
)

CALLS = [
    ("POST", f"{SITE}/bulk", f"{SITE}/bulk", {"deployments": [FULL, deployment(url=None)]}, 202),
    ("POST", f"{SITE}/bulk", f"{SITE}/bulk", {"deployments": [deployment(**associated("issueKeys", "UTF-8"))]}, 202),
    ("POST", f"{SITE}/bulk", f"{SITE}/bulk", {"deployments": [], "properties": []}, 400),
    ("GET", KEY, STORED, None, 200),
    ("GET", f"{KEY}/gating-status", f"{STORED}/gating-status", None, 200),
    ("DELETE", f"{SITE}/bulkByProperties", f"{SITE}/bulkByProperties", None, 400),
]


def schema_of(method, path, status):
    response = DESCRIPTION["paths"][path][method.lower()]["responses"][str(status)]
    return {**response["content"]["application/json"]["schema"], "components": DESCRIPTION["components"]}


@pytest.mark.parametrize("method, path, target, body, status", CALLS)
async def test_an_answer_has_the_described_form(jira, method, path, target, body, status):
    await jira.post(f"{SITE}/bulk", json={"deployments": [FULL]})
    await get_until(jira, STORED)
    answer = await jira.request(method, target, json=body)
    assert answer.status_code == status
    jsonschema_rs.validator_for(schema_of(method, path, status), validate_formats=True).validate(answer.json())
