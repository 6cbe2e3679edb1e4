"""Every call of an API, by credentials that have one right each: the table of rights says what is refused."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from shipledger.access.grant import Scope
from shipledger.protocols.native.credentials import ADMINISTER, APPROVE
from tests.support.jira_clients import fetch_token, issue_client
from tests.support.server import Server
from tools import draw_rights

RIGHTS = (*Scope, APPROVE, ADMINISTER)
CALLS = [one for one in draw_rights.list_distinct_calls() if one.protocol in {"native", "opsgenie", "jira"}]
OWN_PROOF = {
    *("GET /_edge/tenant_info", "GET /connect-install-keys/{kid}"),  # open to everybody
    *("POST /oauth/token", "POST /jenkins/webtrigger", "GET /api/v1/validate"),  # a secret in the body, a signature, any key
}
REFUSALS = re.compile("lacks the right|scope does not match|does not have the [A-Z]+ permission")
"""The words for a right that is missing. Vendors have other refusals with the same status."""

NOWHERE = "01900000-0000-7000-8000-00000000dead"


def test_every_call_says_which_right_it_asks_for():
    assert len(CALLS) > 50
    assert {one.right for one in draw_rights.list_call_routes()} <= {*RIGHTS, "", None}
    assert {f"{one.method} {one.path}" for one in draw_rights.list_call_routes() if one.right is None} == OWN_PROOF


async def prove(server: Server, protocol: str, right: str) -> dict[str, str]:
    """The header of a credential with one right."""
    if protocol == "jira":
        return {"Authorization": f"Bearer {await fetch_token(server, *await issue_client(server, Scope(right)))}"}
    secret = await server.issue(right, kind=protocol)
    return {"Authorization": f"{'GenieKey' if protocol == 'opsgenie' else 'Bearer'} {secret}"}


def path_of(asked: draw_rights.CallRoute, cloud: str) -> str:
    segments = (NOWHERE if one.startswith("{") else one for one in asked.path.replace("{cloudId}", cloud).split("/"))
    return "/".join(segments)


@pytest.mark.parametrize("protocol", ["native", "opsgenie", "jira"])
async def test_a_credential_with_one_right_is_let_in_where_that_is_asked_for_and_nowhere_else(server: Server, protocol: str):
    cloud = await server.organization_id()
    rights = [one for one in RIGHTS if protocol == "native" or one in set(Scope)]
    proofs = {right: await prove(server, protocol, right) for right in rights}
    calls = {(one.method, path_of(one, cloud)): one for one in CALLS if one.protocol == protocol and one.right is not None}
    async with server.client(cookies={}) as client:
        for (method, path), asked in calls.items():
            body: dict[str, Any] = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
            for right, headers in proofs.items():
                answer: httpx2.Response = await client.request(method, path, headers=headers, **body)
                told = f"{right}: {method} {path} asks for {asked.right}: {answer.status_code} {answer.text}"
                assert answer.status_code != 500, told
                is_refused = answer.is_error and REFUSALS.search(answer.text) is not None  # a list of requests tells of refusals
                assert is_refused is (asked.right not in ("", right)), told
            answer = await client.request(method, path, **body)
            assert answer.status_code in {401, 422}, f"nobody: {method} {path}"
            assert not REFUSALS.search(answer.text)
