"""Let the year happen: every call goes through the program's front door, at the time at which it was made."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
from msgspec.structs import replace

from shipledger.access.issuing import IssuedCredential, issue_credential
from shipledger.app import build
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.catalog.service import ServiceDraft
from shipledger.clock import Clock, from_microseconds
from shipledger.database_url import sqlite_url
from shipledger.demo import issues, platform
from shipledger.demo.company import RELATIONS, SERVICES, WORKSPACE
from shipledger.demo.year import Call
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.lifecycle import App
from shipledger.protocols.datadog.credentials import issue_application_key
from shipledger.settings import Settings
from shipledger.store.key_file import load_token_keys

PAUSE_SECONDS = 0.002
_BY = Actor(ActorKind.COMMAND, "demo")

Advance = Callable[[int, int], None]
"""Told how much is done, of how much."""


class SampleClock(Clock):
    """A clock that stands still, but for a microsecond at each look, until it is put forward."""

    def now(self) -> datetime:
        """A microsecond after the last time given out."""
        self._last += 1
        return from_microseconds(self._last)

    order_now = next_order = now


async def make_sample(path: Path, settings: Settings, calls: Sequence[Call], *, advance: Advance) -> None:
    """Make a database of what ``calls``, oldest first, record. It appears at ``path`` only when all of it is there."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    _remove(unfinished)
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = load_token_keys(replace(settings, database_url=sqlite_url(path)))
    app = await build(
        replace(
            settings,
            database_url=sqlite_url(unfinished),
            token_key=f"hex:{keys.current.hex()}",  # that of the database as it will be called: the ledger notes which it is
            update_wait_seconds=0.0,  # waiting for the create of a lost update would wait for a clock that stands still
        ),
        clock=SampleClock(not_before=calls[0].at - timedelta(hours=1)),
    )
    try:
        await app.start()
        await _send(app, calls, advance)
    finally:
        await app.stop()
    _remove(path)
    unfinished.replace(path)


async def _send(app: App, calls: Sequence[Call], advance: Advance) -> None:
    organization = await app.directory.get_organization(DEFAULT_SLUG)
    organization_id = organization.organization_id
    key = await _issue(app, organization_id, "opsgenie", "CI")
    mobile = await _issue(app, organization_id, "jira-oauth", "CI of the mobile app")
    team = await _issue(app, organization_id, "native", "CI of the platform team")
    former = await _issue_datadog_keys(app, organization_id, "Former CI of the platform team")
    service_ids = await _create_services(app, organization_id)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app.asgi), base_url="http://demo") as client:
        for done, call in enumerate(calls, start=1):
            app.clock.advance_to(call.at)
            headers = {"Authorization": f"GenieKey {key.secret}"}
            if call.path == issues.PATH:
                headers = {"Authorization": await _fetch_token(client, mobile)}
            elif call.path == platform.PATH:
                headers = {"Authorization": f"Bearer {team.secret}"}
            elif call.path.startswith(platform.FORMER_PATH):
                headers = former
            body = call.body
            if "serviceId" in body:
                body = {**body, "serviceId": service_ids[body["serviceId"]]}
            answer = await client.request(call.method, call.path, json=body, headers=headers)
            answer.raise_for_status()
            # Waits for the settlement, so that it happens at the time of the call too.
            if call.path.startswith("/v2/"):
                await client.get(f"/v2/deployments/requests/{answer.headers['X-Request-Id']}", headers=headers)
            else:
                while (await app.store.get_backlog()).pending:  # noqa: ASYNC110  the store has no signal
                    await asyncio.sleep(PAUSE_SECONDS)
            advance(done, len(calls))


async def _create_services(app: App, organization_id: str) -> dict[str, str]:
    """The ids of the services by name."""
    service_ids: dict[str, str] = {}
    for service in SERVICES:
        made = await app.directory.create_service(
            organization_id, ServiceDraft(name=service.name, description=service.description, team_id=service.team), by=_BY
        )
        service_ids[service.name] = made.service_id
        for repository in service.repositories:
            await app.directory.map_repository(organization_id, made.service_id, f"{WORKSPACE}/{repository}", by=_BY)
    for name, kind, other in RELATIONS:
        await app.directory.relate_service(organization_id, name, kind, other, by=_BY)
    return service_ids


async def _issue(app: App, organization_id: str, kind: str, name: str) -> IssuedCredential:
    issued = issue_credential(
        organization_id=organization_id, kind=kind, name=name, now=app.clock.now(), randomness=secrets.token_bytes(8)
    )
    await app.store.create_credential(issued.credential)
    return issued


async def _issue_datadog_keys(app: App, organization_id: str, name: str) -> dict[str, str]:
    key = await _issue(app, organization_id, "datadog", name)
    application = issue_application_key(key.credential, frozenset())
    await app.store.create_credential(application.credential)
    return {"DD-API-KEY": key.secret, "DD-APPLICATION-KEY": application.secret}


async def _fetch_token(client: httpx2.AsyncClient, issued: IssuedCredential) -> str:
    """A token holds for a quarter of an hour, and the clock is put forward by more."""
    body = {
        "grant_type": "client_credentials",
        "client_id": issued.credential.credential_id,
        "client_secret": issued.secret,
    }
    answer = await client.post("/oauth/token", json=body)
    return f"Bearer {answer.raise_for_status().json()['access_token']}"


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
