"""The limits of a credential hold on every route of its protocol, and are told as that protocol tells them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import httpx2
import pytest

from shipledger.access.issuing import Limits
from shipledger.protocols.contract import Route
from tests.support.protocols import list_protocols
from tests.support.tenants import PROTOCOL_OF, Sent, Tenant, make_tenant

APP_KEY = "com.example.app"
WITHOUT_CREDENTIAL = {"/oauth/token", "/_edge/tenant_info", "/connect-install-keys/{kid}"}
OF_OTHERS = {"/jenkins/webtrigger"}
ROUTES: dict[str, list[Route]] = {
    protocol.name: [route for route in protocol.routes() if route.path not in WITHOUT_CREDENTIAL | OF_OTHERS]
    for protocol in list_protocols()
}
SCHEMES = [(name, scheme) for name, schemes in PROTOCOL_OF.items() for scheme in schemes]
READS = {
    "opsgenie": Sent("", "GET", "/v2/deployments/search?serviceIds=x"),
    "iftrue": Sent("", "POST", "/v1/organization/deployment", {}),
    "jira": Sent("", "GET", "/rest/deployments/0.1/pipelines/p/environments/e/deployments/1"),
    "datadog": Sent("", "GET", "/api/v2/dora/deployments/unknown"),
    "native": Sent("", "GET", "/ledger/v1/deployments/unknown"),
}


def is_opsgenie(answer: httpx2.Response, period: int) -> bool:
    state = (answer.headers["X-RateLimit-State"], answer.headers["X-RateLimit-Period-In-Sec"])
    body = answer.json()
    return state == ("THROTTLED", str(period)) and (body["message"], body["requestId"]) == (
        "You are making too many requests!",
        answer.headers["X-Request-Id"],
    )


def is_datadog(answer: httpx2.Response, period: int) -> bool:
    rate = {name: answer.headers[f"x-ratelimit-{name}"] for name in ("limit", "period", "remaining", "reset", "name")}
    assert rate["name"] in ("dora_read", "dora_write")
    assert 1 <= int(rate["reset"]) <= period
    assert answer.headers["Retry-After"] == rate["reset"]
    counted = (rate["limit"], rate["period"], rate["remaining"])
    return counted == ("1", str(period), "0") and answer.json() == {"errors": ["Too many requests"]}


FORMS: dict[str, Callable[[httpx2.Response, int], bool]] = {
    "opsgenie": is_opsgenie,
    "iftrue": lambda answer, _: "Too many requests" in answer.text and bool(answer.headers["X-Request-Id"]),
    "jira": lambda answer, _: answer.json() == [{"message": "Too many requests"}],
    "datadog": is_datadog,
    "native": lambda answer, _: answer.json()["status"] == 429 and answer.headers["content-type"] == "application/problem+json",
}


async def refuse(client: httpx2.AsyncClient, tenant: Tenant, sent: Sent) -> httpx2.Response:
    """The answer to what is too much. A calendar minute may begin in between, so that one more is let in."""
    answer = await tenant.send(client, sent)
    return answer if answer.status_code == 429 else await tenant.send(client, sent)


@pytest.mark.parametrize("name, scheme", SCHEMES)
async def test_each_route_refuses_what_is_over_the_limit(place, anonymous, name, scheme):
    tenant = await make_tenant(place, place.home, app_key=APP_KEY, limits=Limits(requests_per_minute=1))
    assert ROUTES[name]
    for route in ROUTES[name]:
        path = route.path.replace("{cloudId}", tenant.organization_id).replace("{key...}", "p/environments/e/deployments/1")
        sent = Sent(scheme, route.method, re.sub(r"{\w+}", "unknown", path))
        answer = await refuse(anonymous, tenant, sent)
        assert answer.status_code == 429, (sent, answer.status_code, answer.text)
        assert int(answer.headers["Retry-After"]) >= 1
        assert FORMS[name](answer, 60), (answer.headers, answer.text)


@pytest.mark.parametrize("name, scheme", SCHEMES)
async def test_a_limit_of_a_second_holds_as_well(place, anonymous, name, scheme):
    tenant = await make_tenant(place, place.home, app_key=APP_KEY, limits=Limits(requests_per_second=1))
    read = READS[name]
    sent = Sent(scheme, read.method, read.target, read.body)
    answers = await asyncio.gather(*(tenant.send(anonymous, sent) for _ in range(8)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(refused) < len(answers)
    for answer in refused:
        assert answer.headers["Retry-After"] == "1"
        assert FORMS[name](answer, 1), (answer.headers, answer.text)
