"""The limits of the table are those that the server keeps."""

from __future__ import annotations

import httpx2

from tests.routes.jira.test_jenkins import connect
from tests.support.attack import Names, list_operations, list_requests
from tests.support.server import Server
from tests.support.tenants import PROTOCOL_OF, make_tenant
from tools import draw_paths

OPERATIONS = [operation for operation in list_operations() if operation.route.method in draw_paths.WITH_BODY]
DISTINCT = {(one.protocol, one.route.body_limit_bytes): one for one in reversed(OPERATIONS)}
"""An operation of each protocol and limit."""


async def test_a_body_as_large_as_the_table_says_is_read_and_a_larger_one_refused_for_its_size(server: Server):
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    names = Names(tenant.organization_id, ("x",), ("p/environments/e/deployments/1",))
    await connect(server, uuid="x")
    assert {protocol for protocol, _ in DISTINCT} == {*PROTOCOL_OF}
    async with server.client(timeout=60) as client:
        for (protocol, limit), operation in DISTINCT.items():
            scheme = PROTOCOL_OF[protocol][0]
            sent = next(iter(list_requests(operation, names, tenant.organization_id, [scheme])))
            headers = {**tenant.proofs[scheme](sent.method, sent.target), "Content-Type": "application/json"}
            largest, larger = [
                await client.request(sent.method, sent.target, content=b" " * size, headers=headers)
                for size in (limit, limit + 1)
            ]
            assert not is_about_size(largest), (sent.target, largest.text)
            assert is_about_size(larger), (sent.target, larger.status_code, larger.text)
            assert larger.is_client_error


def is_about_size(answer: httpx2.Response) -> bool:
    """Whether a size is the reason, by its status or, where the vendor has no such status, in words."""
    return answer.status_code == 413 or "larger than" in answer.text
