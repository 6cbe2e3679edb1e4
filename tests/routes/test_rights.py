"""Every call of an API, by credentials of each kind: its right in the table is enough, and all others are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx2
import pytest

from shipledger.access.grant import Scope
from shipledger.protocols.native.credentials import ADMINISTER, APPROVE, GLANCE
from tests.routes.jira.test_jenkins import connect, event, post, wrap
from tests.support.datadog import issue_keys
from tests.support.iftrue import issue_token
from tests.support.jira_clients import fetch_token, install_app, issue_client, sign
from tests.support.server import Server
from tools import draw_rights

RIGHTS = (*Scope, APPROVE, ADMINISTER, GLANCE)
INCLUDED_IN = {GLANCE: Scope.READ.value}
"""Rights that others include."""

CALLS = draw_rights.list_distinct_calls()
KINDS = {
    "native": "native",
    "opsgenie": "opsgenie",
    "jira-oauth": "jira",
    "jira-connect": "jira",
    "datadog": "datadog",
    "iftrue": "iftrue",
}
"""Each kind of credential, and the API that it is for. Those of Jenkins prove themselves in the body of their one call."""

OWN_PROOF = {
    *("GET /_edge/tenant_info", "GET /connect-install-keys/{kid}"),  # open to everybody
    *("POST /oauth/token", "POST /jenkins/webtrigger", "GET /api/v1/validate"),  # a secret in the body, a signature, any key
}
REFUSALS = re.compile(
    "lacks the right|scope does not match|does not (have|define) the [A-Z]+ (permission|scope)|may not record"
    '|"code":403,"message":"Forbidden"|"errors":."Forbidden"'
)
"""The words for a right that is missing. Vendors have other refusals with the same status."""

Proof = Callable[[str, str], dict[str, str]]
"""The headers for a method and a path."""

NOWHERE = "01900000-0000-7000-8000-00000000dead"


def test_every_call_says_which_right_it_asks_for():
    assert len(CALLS) > 50
    assert {one.right for one in draw_rights.list_call_routes()} <= {*RIGHTS, "", None}
    assert {f"{one.method} {one.path}" for one in draw_rights.list_call_routes() if one.right is None} == OWN_PROOF


async def prove(server: Server, kind: str, *rights: str) -> Proof:
    """What a credential with these rights sends with its requests."""
    if kind == "jira-connect":
        app_key = f"com.example.{'-'.join(rights)}"
        await install_app(server, *map(Scope, rights), app_key=app_key)
        return lambda method, path: {"Authorization": sign(method, path, iss=app_key)}
    if kind == "datadog":
        keys = await issue_keys(server, scopes=frozenset(rights), api_key_scopes=frozenset(rights))
        return lambda *_: keys
    if kind == "jira-oauth":
        secret = await fetch_token(server, *await issue_client(server, *map(Scope, rights)))
    elif kind == "iftrue":
        _, secret = await issue_token(server, scopes=frozenset(map(Scope, rights)))
    else:
        secret = await server.issue(*rights, kind=kind)
    headers = {"Authorization": f"{'GenieKey' if kind == 'opsgenie' else 'Bearer'} {secret}"}
    return lambda *_: headers


def path_of(asked: draw_rights.CallRoute, cloud: str) -> str:
    segments = (NOWHERE if one.startswith("{") else one for one in asked.path.replace("{cloudId}", cloud).split("/"))
    return "/".join(segments)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_call_lets_in_who_has_its_right_alone_and_refuses_who_has_all_others(server: Server, kind: str):
    cloud = await server.organization_id()
    rights = [one for one in RIGHTS if kind == "native" or one in set(Scope)]
    proofs = {right: await prove(server, kind, right) for right in rights}
    others = {
        right: await prove(server, kind, *(one for one in rights if one not in {right, INCLUDED_IN.get(right)}))
        for right in rights
    }
    calls = {(one.method, path_of(one, cloud)): one for one in CALLS if one.protocol == KINDS[kind] and one.right is not None}
    async with server.client(cookies={}) as client:
        for (method, path), asked in calls.items():
            body: dict[str, Any] = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
            right = asked.right or rights[0]  # any is enough
            for is_let_in, proof in ((True, proofs[right]), (not asked.right, others[right])):
                answer: httpx2.Response = await client.request(method, path, headers=proof(method, path), **body)
                told = f"{method} {path} asks for {asked.right}: {answer.status_code} {answer.text}"
                assert answer.status_code != 500, told
                is_refused = answer.is_error and REFUSALS.search(answer.text) is not None  # a list of requests tells of refusals
                assert is_refused is not is_let_in, told
            answer = await client.request(method, path, **body)
            assert answer.status_code in {401, 403 if kind == "datadog" else 422}, f"nobody: {method} {path}"
            assert kind == "datadog" or not REFUSALS.search(answer.text)


async def test_an_envelope_of_jenkins_is_let_in_by_the_right_for_what_it_asks(server: Server):
    asked = {Scope.WRITE: event(), Scope.READ: {"requestType": "gatingStatus"}}
    for right, envelope in asked.items():
        for number, (is_let_in, rights) in enumerate(((True, {right}), (False, {*Scope} - {right}))):
            place = f"{right}-{number}"
            await connect(server, *rights, uuid=place)
            target = f"/jenkins/webtrigger?jenkins_server_uuid={place}"
            answer = await post(server, wrap(envelope), target)
            assert (REFUSALS.search(answer.text) is None) is is_let_in, f"{right}: {answer.status_code} {answer.text}"
            assert (await post(server, wrap({"requestType": "ping"}), target)).status_code == HTTPStatus.OK
            forged = await post(server, wrap(envelope, secret="x" * 32), target)
            assert (forged.status_code, REFUSALS.search(forged.text)) == (HTTPStatus.BAD_REQUEST, None)
