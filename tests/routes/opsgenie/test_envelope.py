from __future__ import annotations

import uuid

import pytest

from tests.support.opsgenie import create_body, created

ANSWERS = [
    ("POST", "/v2/deployments", create_body(), 202),
    ("POST", "/v2/deployments", {}, 422),
    ("GET", "/v2/deployments/x", None, 404),
    ("GET", "/v2/deployments/search?serviceIds=x", None, 200),
    ("GET", "/v2/deployments/requests/x", None, 404),
    ("DELETE", "/v2/deployments/x", None, 405),
    ("GET", "/v2/deployments", None, 405),
    ("GET", "/v2/deployments/x/y/z", None, 404),
    ("GET", "/v1/incidents/", None, 200),
    ("POST", "/v1/incidents/create", {"message": "Checkout answers 500"}, 422),
    ("POST", "/v1/incidents/create", {"message": "Checkout answers 500", "serviceId": "s"}, 202),
    ("POST", "/v1/incidents/x/close", None, 202),
    ("DELETE", "/v1/incidents/x", None, 202),
    ("GET", "/v1/incidents/x", None, 404),
    ("GET", "/v1/incidents/x/alerts", None, 404),
    ("GET", "/v1/services", None, 200),
    ("POST", "/v1/services", {"name": "Shop"}, 201),
    ("PUT", "/v1/services/x", {"name": "Shop"}, 405),
]


@pytest.mark.parametrize("method, path, body, status", ANSWERS)
async def test_every_answer_has_the_envelope(opsgenie, method, path, body, status):
    answer = await opsgenie.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"]
    uuid.UUID(answer.json()["requestId"])
    assert answer.json()["took"] >= 0.001
    assert float(answer.headers["X-Response-Time"]) == answer.json()["took"]
    is_limited = status in {200, 201, 202}
    assert (answer.headers.get("X-RateLimit-State") == "OK") is is_limited
    assert (answer.headers.get("X-RateLimit-Reason") == "ACCOUNT") is is_limited
    assert (answer.headers.get("X-RateLimit-Period-In-Sec") == "60") is is_limited
    if status >= 400:
        assert answer.json()["message"]


async def test_a_wrong_method_is_told_which_are_right(opsgenie):
    allowed = {
        "/v2/deployments": "POST",
        "/v2/deployments/x": "GET, HEAD",
        "/v2/deployments/x/updateState": "PATCH, PUT",
        "/v1/services": "GET, HEAD, POST",
        "/v1/services/x": "DELETE, GET, HEAD, PATCH",
    }
    for path, methods in allowed.items():
        answer = await opsgenie.request("OPTIONS", path)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == methods
        assert answer.json()["message"] == f"Method OPTIONS is not allowed here. Allowed: {methods}."


async def test_a_trailing_slash_never_redirects(opsgenie):
    deployment_id = await created(opsgenie)
    state = {"state": "failed", "completedAt": "2026-03-04T09:44:00Z"}
    statuses = [
        (await opsgenie.post("/v2/deployments/", json=create_body())).status_code,
        (await opsgenie.get(f"/v2/deployments/{deployment_id}/")).status_code,
        (await opsgenie.get("/v2/deployments/search/?serviceIds=x")).status_code,
        (await opsgenie.put(f"/v2/deployments/{deployment_id}/updateState/", json=state)).status_code,
        (await opsgenie.get("/v1/services/")).status_code,
    ]
    assert statuses == [202, 200, 200, 202, 200]
