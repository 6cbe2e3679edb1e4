"""What we answer is what the vendor's OpenAPI description says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.support.datadog import DORA, create_body, failure_body, failures_body, list_body, patch_body

DESCRIPTION = json.loads((Path(__file__).resolve().parents[2] / "contract" / "datadog" / "openapi.json").read_text())
MINE = "described-0000000001"
GIT = {"git": {"repository_url": "https://github.com/acme/shop", "commit_sha": "66adc9350f2cc9b250b69abddab733dd55e1a588"}}
FULL = {"id": MINE, "env": "prod", "version": "v1", "team": "backend", "custom_tags": ["a:b"], **GIT}

CALLS = [
    ("POST", "/deployment", "/deployment", create_body(**{**FULL, "id": None}), 200),
    ("POST", "/deployment", "/deployment", create_body(service=None), 400),
    ("GET", "/deployments/{deployment_id}", f"/deployments/{MINE}", None, 200),
    ("POST", "/deployments", "/deployments", list_body(), 200),
    ("POST", "/deployments", "/deployments", {}, 400),
    ("PATCH", "/deployments", "/deployments", patch_body(service="x"), 400),
    ("PATCH", "/deployments/{deployment_id}", f"/deployments/{MINE}", patch_body(MINE, change_failure=True), 202),
    ("POST", "/failure", "/failure", failure_body(), 200),
    ("POST", "/incident", "/incident", failure_body(finished_at=1), 400),
    ("GET", "/failures/{failure_id}", f"/failures/{MINE}", None, 200),
    ("POST", "/failures", "/failures", failures_body(), 200),
    ("DELETE", "/failure/{failure_id}", f"/failure/{MINE}", None, 202),
    ("DELETE", "/deployment/{deployment_id}", f"/deployment/{MINE}", None, 202),
]


def schema_of(method, path, status):
    response = DESCRIPTION["paths"][DORA + path][method.lower()]["responses"][str(status)]
    if "$ref" in response:
        response = DESCRIPTION["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = next(iter(response.get("content", {}).values()), {}).get("schema")
    return None if schema is None else {**schema, "components": DESCRIPTION["components"]}


@pytest.mark.parametrize("method, path, target, body, status", CALLS)
async def test_an_answer_has_the_described_form(datadog, method, path, target, body, status):
    assert (await datadog.post(f"{DORA}/deployment", json=create_body(**FULL))).status_code == 200
    assert (await datadog.post(f"{DORA}/failure", json=failure_body(**FULL, name="Down", severity="1"))).status_code == 200
    response = await datadog.request(method, DORA + target, json=body)
    assert response.status_code == status
    schema = schema_of(method, path, status)
    if schema is not None:
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(response.json())


@pytest.mark.parametrize("method, path, target", sorted({call[:3] for call in CALLS}))
async def test_a_refused_key_is_answered_in_the_described_form(place, method, path, target):
    async with place.client() as anonymous:
        response = await anonymous.request(method, DORA + target)
    assert response.status_code == 403
    jsonschema_rs.validator_for(schema_of(method, path, 403)).validate(response.json())


def test_every_described_operation_is_called():
    described = {(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert described == {(method, DORA + path) for method, path, *_ in CALLS}
