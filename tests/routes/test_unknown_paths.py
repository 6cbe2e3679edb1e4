"""What lies below a vendor's prefix is answered in that vendor's words: 404 for what is not there, 405 for a wrong method."""

from __future__ import annotations

import json

import httpx2
import pytest

from tests.support.protocols import list_protocols

METHODS = ("GET", "POST", "DELETE")
PROTOCOLS = list_protocols()
KNOWN = {
    "opsgenie": (
        *(
            "/v2/alerts",
            "/v2/alerts/x/close?identifierType=alias",
            "/v2/users",
            "/v2/heartbeats",
            "/v2/integrations/authenticate",
        ),
        *("/v1/json/alert", "/v1.1/alerts", "/v1/incidents/x/y/z", "/v2/deployments/a/b", "/v2", "/v1.1"),
    ),
    "iftrue": ("/v1/organization/users", "/v1/organization", "/v1/organization/deployment/1"),
    "jira": (
        *("/rest/api/3/issue/SHIP-1", "/rest/builds/1", "/rest/atlassian-connect/1/addons", "/rest", "/jira", "/ex"),
        *("/jira/deployments/1/cloud/x/bulk", "/ex/jira/x/rest/api/2/search", "/ex/confluence/x", "/deployments/0.1/nothing"),
        *("/oauth/authorize", "/_edge/other", "/connect-install-keys", "/jenkins/other"),
    ),
    "datadog": ("/api", "/api/v1/series", "/api/v2/metrics?x=1", "/api/v2/dora", "/api/v2/git/x", "/api/intake/x", "/api/v3"),
    "native": ("/ledger/v1", "/ledger/v1/policies", "/ledger/v1/deployments/a/b"),
}
PREFIXES = [(protocol.name, prefix) for protocol in PROTOCOLS for prefix in protocol.unserved_prefixes]


def check(name: str, answer: httpx2.Response) -> None:
    """The envelope of the protocol, with the headers that each of its answers has."""
    body, headers = answer.json(), answer.headers
    assert "html" not in headers["content-type"]
    if name == "opsgenie":
        assert body["message"]
        assert body["took"] > 0
        assert (body["requestId"], float(headers["X-Response-Time"])) == (headers["X-Request-Id"], body["took"])
    elif name == "iftrue":
        assert body["message"]
        assert headers["X-Request-Id"]
    elif name == "jira":
        assert [*body[0]] == ["message"]
    elif name == "datadog":
        assert headers["content-type"] == "application/vnd.api+json"
        assert body["errors"]
        assert {"x-ratelimit-limit", "x-ratelimit-period", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-name"} <= {
            *headers
        }
    else:
        assert (headers["content-type"], body["status"]) == ("application/problem+json", answer.status_code)
        assert headers["X-Request-Id"]


@pytest.mark.parametrize("name", KNOWN)
async def test_what_a_vendor_has_and_we_do_not_is_404_in_its_words(anonymous, name):
    below = [
        f"{prefix}{more}" for owner, prefix in PREFIXES if owner == name for more in ("/", "/nowhere/a%2Fb", "/no/where?x=%")
    ]
    for path in (*KNOWN[name], *below):
        for method in METHODS:
            content = json.dumps({"message": "m"}) if method == "POST" else None
            answer = await anonymous.request(method, path, content=content)
            assert answer.status_code == 404, (method, path, answer.status_code)
            check(name, answer)
        head = await anonymous.head(path)
        assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
async def test_a_method_that_a_path_does_not_have_is_405_and_tells_those_that_it_has(anonymous, protocol):
    allowed: dict[str, set[str]] = {}
    for route in protocol.routes():
        allowed.setdefault(route.path, set()).update({route.method, *(["HEAD"] if route.method == "GET" else [])})
    for path, methods in allowed.items():
        target = path.replace("{key...}", "p/environments/e/deployments/1").replace("{", "").replace("}", "")
        for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
            if method not in methods and not _is_another(protocol, method, path):
                answer = await anonymous.request(method, target)
                assert answer.status_code == 405, (method, target, answer.text)
                assert {*answer.headers["Allow"].split(", ")} == methods, target
                check(protocol.name, answer)


def _is_another(protocol, method: str, path: str) -> bool:
    """Whether a parameter of another path takes this one in, as an identifier."""
    head, _, _ = path.rpartition("/")
    return any(
        route.method == method and route.path.rpartition("/")[0] == head and "{" in route.path for route in protocol.routes()
    )


async def test_pages_keep_what_is_no_vendor_s(place):
    async with place.client() as reader:
        for path in ("/v3/alerts", "/v20", "/apis", "/resting/x", "/deployments/0.2/bulk", "/ledger/v10", "/v1.10"):
            answer = await reader.get(path)
            assert (answer.status_code, "html" in answer.headers["content-type"]) == (404, True), path
