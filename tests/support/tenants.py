"""A tenant with a credential of every kind, and what it sends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
from msgspec import Struct

from shipledger.access.issuing import Limits
from tests.support import datadog, iftrue, jira, jira_clients, native, opsgenie
from tests.support.plain_http import PlainClient
from tests.support.server import Server

Proof = Callable[[str, str], dict[str, str]]
"""The headers that prove who sends a request, from its method and target."""

PROTOCOL_OF = {
    "opsgenie": ("GenieKey",),
    "iftrue": ("Iftrue",),
    "jira": ("JiraOAuth", "JiraConnect"),
    "datadog": ("Datadog",),
    "native": ("Ledger",),
}


class Sent(Struct, frozen=True):
    """A request that a tenant makes."""

    scheme: str
    method: str
    target: str
    body: Any = None


class Tenant(Struct, frozen=True):
    """An organization with everything that proves it. ``secrets`` are all that may never be seen."""

    organization_id: str
    proofs: dict[str, Proof]
    secrets: tuple[str, ...]

    async def send(self, client: httpx2.AsyncClient | PlainClient, sent: Sent) -> httpx2.Response:
        """The answer to a request."""
        content = None if sent.body is None else json.dumps(sent.body).encode()
        headers = {**self.proofs[sent.scheme](sent.method, sent.target), "Content-Type": "application/json"}
        return await client.request(sent.method, sent.target, content=content, headers=headers)


async def make_tenant(server: Server, slug: str, *, app_key: str, limits: Limits | None = None) -> Tenant:
    """The organization with this slug, with a credential of every kind, each with these ``limits``."""
    genie_key = await server.issue(kind="opsgenie", organization=slug, limits=limits)
    _, token = await iftrue.issue_token(server, organization=slug, limits=limits)
    client, client_secret = await jira_clients.issue_client(server, organization=slug, limits=limits)
    access_token = await jira_clients.fetch_token(server, client, client_secret)
    shared_secret = secrets.token_urlsafe(32)
    await jira_clients.install_app(server, app_key=app_key, secret=shared_secret, organization=slug, limits=limits)
    keys = await datadog.issue_keys(server, organization=slug, limits=limits)
    ledger_token = await native.issue_token(server, organization=slug, limits=limits)
    return Tenant(
        organization_id=await server.organization_id(slug),
        proofs={
            "GenieKey": lambda _method, _target: {"Authorization": f"GenieKey {genie_key}"},
            "Iftrue": lambda _method, _target: {"Authorization": f"Bearer {token}"},
            "JiraOAuth": lambda _method, _target: {"Authorization": f"Bearer {access_token}"},
            "JiraConnect": lambda method, target: {
                "Authorization": jira_clients.sign(method, target, secret=shared_secret, iss=app_key)
            },
            "Datadog": lambda _method, _target: keys,
            "Ledger": lambda _method, _target: {"Authorization": f"Bearer {ledger_token}"},
        },
        secrets=(genie_key, token, ledger_token, client_secret, access_token, shared_secret, *keys.values()),
    )


def requests_of(name: str, note: str) -> Sequence[Sent]:
    """What a tenant sends: ids begin with ``name``, and ``note`` is in every text that is no id."""
    commit = secrets.token_hex(20)
    url = f"https://git.example.com/{name}/shop.git"
    shipped = jira.deployment(
        displayName=note,
        description=note,
        pipeline={"id": f"{name}-pipeline", "displayName": note, "url": "https://ci.example.com/"},
        environment={"id": f"{name}-environment", "displayName": note, "type": "production"},
        **jira.associated("issueKeys", f"{name.upper()}-1"),
    )
    release = opsgenie.release(sha=commit, workspace=name)
    created = opsgenie.create_body(externalId=f"{name}-77", message=note, description=note, releases=[release])
    git = {"commit_sha": commit, "repository_url": url}
    deployed = datadog.create_body(service=f"{name}-service", id=f"{name}-deployment-1", version=f"{name}-1", team=note, git=git)
    recorded = native.deployment(
        external_id=f"{name}-run-1",
        service=f"{name}-service",
        environment=f"{name}-environment",
        releases=[{"repository": url, "commit": commit}],
        title=note,
        description=note,
        actor=note,
    )
    failed = datadog.failure_body(
        services=[f"{name}-service"], id=f"{name}-failure-1234", name=note, severity="SEV-1", team=note, finished_at=None
    )
    return (
        Sent("GenieKey", "POST", "/v1/services", {"name": f"{name}-service", "description": note, "visibility": "TEAM_MEMBERS"}),
        Sent("GenieKey", "POST", "/v2/deployments", created),
        Sent("GenieKey", "PATCH", f"/v2/deployments/{name}-77/update?type=api", {"message": f"{note} again"}),
        Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report(title=note, repository_url=url, commit_id=commit)),
        Sent("JiraOAuth", "POST", f"{jira_clients.SITE}/bulk", {"deployments": [shipped], "properties": {f"{name}-key": note}}),
        Sent(
            "JiraConnect",
            "POST",
            f"{jira_clients.SITE}/bulk",
            {"deployments": [{**shipped, "deploymentSequenceNumber": 42}], "properties": {f"{name}-key": f"{name}-value"}},
        ),
        Sent("Datadog", "POST", f"{datadog.DORA}/deployment", deployed),
        Sent("Ledger", "POST", native.TARGET, recorded),
        Sent(
            "Ledger",
            "POST",
            "/ledger/v1/gates",
            {**recorded, "external_id": f"{name}-run-2", "state": "pending", "finished_at": None},
        ),
        Sent("Ledger", "POST", native.INCIDENTS, native.incident(external_id=f"{name}-incident-1", title=note, team=note)),
        Sent("Datadog", "POST", f"{datadog.DORA}/failure", failed),
        Sent("Datadog", "POST", f"{datadog.DORA}/deployments", datadog.list_body(f"service:{name}-service", limit=50)),
        Sent("Datadog", "POST", f"{datadog.DORA}/failures", datadog.failures_body("*", limit=50)),
        Sent("GenieKey", "GET", "/v1/services?limit=100"),
        Sent(
            "Datadog",
            "POST",
            "/api/v2/git/repository/search_commits",
            {"meta": {"repository_url": url}, "data": [{"id": commit, "type": "commit"}]},
        ),
    )
