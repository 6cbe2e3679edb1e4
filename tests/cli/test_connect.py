"""``shipledger connect``, against an app and a server that run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from shipledger.access.signing_app import OVERLAP
from shipledger.clock import steady_ns
from tests.support.commands import Commands, Done
from tests.support.connect_app import KEY, ExampleApp, example_app
from tests.support.jira import deployment
from tests.support.jira_clients import SITE, sign
from tests.support.killed import run_killed
from tests.support.server import Server

BULK = f"{SITE}/bulk"


class Administrator:
    """Runs commands while server and app go on."""

    def __init__(self, database: Path, server: Server) -> None:
        self._commands = Commands(database)
        self._environment = {"SHIPLEDGER_OUTGOING_NETWORKS": "127.0.0.0/8, ::1", "SHIPLEDGER_PUBLIC_URL": server.url}

    async def __call__(self, *arguments: str, code: int = 0, **environment: str) -> Done:
        variables = {**self._environment, **environment}
        return await asyncio.to_thread(self._commands, "connect", *arguments, environment=variables, code=code)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """No request of these tests is under way when its app is uninstalled."""
    monkeypatch.setattr("shipledger.cli.connecting.GRACE_SECONDS", 0)


@pytest.fixture
def administrator(database, server):
    return Administrator(database, server)


@pytest.fixture
async def app():
    async with example_app() as running:
        yield running


@pytest.fixture
async def stranger(server):
    async with server.client() as client:
        yield client


async def submit(client: httpx2.AsyncClient, secret: str) -> int:
    headers = {"Authorization": sign("POST", BULK, secret=secret)}
    return (await client.post(BULK, json={"deployments": [deployment()]}, headers=headers)).status_code


async def test_an_app_that_took_its_secret_is_installed(administrator, app: ExampleApp, stranger, server):
    made = (await administrator("install", app.descriptor_url, "--json")).json
    [call] = app.heard
    assert call.target == "/connect/events/installed"
    claims = await app.verify(call, server.url)
    assert (claims["iss"], claims["exp"] - claims["iat"]) == (await server.organization_id(), 180)
    assert call.body == {
        "key": KEY,
        "clientKey": await server.organization_id(),
        "sharedSecret": app.secret,
        "serverVersion": "1001",
        "pluginsVersion": "1.0.0",
        "baseUrl": server.url,
        "displayUrl": server.url,
        "productType": "jira",
        "description": "Shipledger",
        "eventType": "installed",
    }
    assert len(app.secret) >= 43  # 256 bits in base64
    ours = call.headers["authorization"]  # signed by us, for the app: nobody may call us with it
    assert (await stranger.post(BULK, json={"deployments": [deployment()]}, headers={"Authorization": ours})).status_code == 401
    assert set(made) == {"id", "app_key", "client_key", "is_new"}
    assert await submit(stranger, app.secret) == 202
    [listed] = (await administrator("list", "--json")).json["apps"]
    assert (listed["app_key"], listed["base_url"], listed["scopes"]) == (KEY, app.base_url, ["delete", "read", "write"])


@pytest.mark.parametrize("status", [200, 302, 401, 500])
async def test_only_an_app_that_answers_2xx_is_installed(administrator, app: ExampleApp, status: int):
    app.status = status
    done = await administrator("install", app.descriptor_url, code=0 if status == 200 else 1)
    assert len((await administrator("list", "--json")).json["apps"]) == (status == 200)
    assert app.secret not in done.out + done.err


async def test_an_app_in_a_private_network_is_not_called_unless_its_network_is_named(administrator, app: ExampleApp):
    done = await administrator("install", app.descriptor_url, code=2, SHIPLEDGER_OUTGOING_NETWORKS="")
    assert "outgoing_networks" in done.err
    assert app.heard == []


async def test_a_changed_secret_is_good_at_once_and_the_old_one_for_five_minutes(
    administrator, app: ExampleApp, stranger, server: Server
):
    await administrator("install", app.descriptor_url)
    old = app.secret
    await administrator("rotate", KEY)
    assert app.secret != old
    assert [await submit(stranger, secret) for secret in (old, app.secret)] == [202, 202]
    server.app.clock.follow(server.app.clock.now() + OVERLAP, asked_ns=steady_ns())
    now = server.app.clock.now().timestamp()
    statuses = []
    for secret in (old, app.secret):
        headers = {"Authorization": sign("POST", BULK, secret=secret, now=now)}
        statuses.append((await stranger.post(BULK, json={"deployments": [deployment()]}, headers=headers)).status_code)
    assert statuses == [401, 202]


async def test_an_app_that_refuses_its_new_secret_keeps_the_old_one(administrator, app: ExampleApp, stranger):
    await administrator("install", app.descriptor_url)
    old = app.secret
    app.status = 500
    await administrator("rotate", KEY, code=1)
    assert [await submit(stranger, secret) for secret in (old, app.secret)] == [202, 401]


async def test_installing_again_brings_the_app_to_its_newest_descriptor_and_keeps_what_it_sent(
    administrator, app: ExampleApp, stranger
):
    first = (await administrator("install", app.descriptor_url, "--json")).json
    assert await submit(stranger, app.secret) == 202
    app.changes = {"scopes": ["READ"]}
    again = (await administrator("install", app.descriptor_url, "--json")).json
    assert (first["is_new"], again["is_new"], again["id"]) == (True, False, first["id"])
    assert await submit(stranger, app.secret) == 403


@pytest.mark.parametrize("changes, message", [({"modules": {}}, "module"), ({"scopes": []}, "WRITE scope")])
async def test_what_the_descriptor_does_not_declare_is_answered_403(administrator, app: ExampleApp, stranger, changes, message):
    app.changes = changes
    assert "get a 403" in (await administrator("install", app.descriptor_url)).err
    headers = {"Authorization": sign("POST", BULK, secret=app.secret)}
    answer = await stranger.post(BULK, json={"deployments": [deployment()]}, headers=headers)
    assert answer.status_code == 403
    assert message in answer.text


async def test_an_app_that_is_switched_off_gets_401_until_it_is_switched_on(administrator, app: ExampleApp, stranger, server):
    await administrator("install", app.descriptor_url)
    await administrator("disable", KEY)
    assert await submit(stranger, app.secret) == 401
    app.status = 500  # a failure is ignored
    await administrator("enable", KEY)
    assert await submit(stranger, app.secret) == 202
    assert [call.body["eventType"] for call in app.heard] == ["installed", "disabled", "enabled"]
    for call in app.heard:
        await app.verify(call, server.url)


async def test_an_app_that_is_uninstalled_is_refused_then_told_then_erased(administrator, app: ExampleApp, stranger, server):
    await administrator("install", app.descriptor_url)
    secret, statuses = app.secret, []
    assert await submit(stranger, secret) == 202
    assert await server.count_deployments() == 1
    counts = {
        "deployments": 1,
        "deployment_entries": 1,
        "incidents": 0,
        "incident_entries": 0,
        "receipts": 1,
        "packs": 0,
        "commits": 0,
    }
    assert (await administrator("uninstall", KEY, "--dry-run", "--json")).json == {"is_dry_run": True, "counts": counts}

    async def call_back() -> None:
        statuses.append(await submit(stranger, secret))

    app.meanwhile = call_back
    said = (await administrator("uninstall", KEY, "--yes", "--json")).out.splitlines()
    assert json.loads(said[-1]) == {"is_dry_run": False, "counts": counts}  # before it, the server's log of the refusal
    assert statuses == [401]
    assert await server.count_deployments() == 0
    assert app.heard[-1].body["eventType"] == "uninstalled"
    assert "sharedSecret" not in app.heard[-1].body
    assert (await administrator("list", "--json")).json["apps"] == []

    app.meanwhile = None
    await administrator("install", app.descriptor_url)
    assert [await submit(stranger, secret), await submit(stranger, app.secret)] == [401, 202]
    assert await server.count_deployments() == 1, "what was sent before does not come back"


async def test_an_app_that_cannot_be_told_is_uninstalled_all_the_same(administrator, app: ExampleApp, stranger):
    await administrator("install", app.descriptor_url)
    app.status = 500
    assert "500" in (await administrator("uninstall", KEY, "--yes")).err
    assert await submit(stranger, app.secret) == 401


async def test_an_app_without_lifecycle_gets_its_secret_by_hand(administrator, app: ExampleApp, stranger, tmp_path):
    app.changes = {"lifecycle": None}
    file = tmp_path / "atlassian-connect.json"
    file.write_text(json.dumps(app.descriptor()))
    made = (await administrator("install", str(file), "--json")).json
    assert app.heard == []
    assert await submit(stranger, made["shared_secret"]) == 202


async def test_a_public_url_is_needed_where_an_app_is_told(administrator, app: ExampleApp):
    done = await administrator("install", app.descriptor_url, code=2, SHIPLEDGER_PUBLIC_URL="")
    assert "SHIPLEDGER_PUBLIC_URL" in done.err


async def test_what_cannot_be_found_is_told(administrator, app: ExampleApp, tmp_path):
    assert "no app" in (await administrator("rotate", "com.example.other", code=1)).err
    assert "cannot be read" in (await administrator("install", str(tmp_path / "none.json"), code=2)).err
    app.changes = {"key": "no key", "scopes": None}
    err = (await administrator("install", app.descriptor_url, code=2)).err
    assert "`key`" in err
    assert "`scopes`" in err


async def test_a_key_that_nobody_has_is_not_found(stranger, server):
    for name in ("x", f"{await server.organization_id()}.x", "a%2Fb"):
        answer = await stranger.get(f"/connect-install-keys/{name}")
        assert (answer.status_code, answer.json()) == (404, [{"message": "No key with this id"}])


async def test_a_key_is_found_under_the_name_of_the_vendors_own_host_too(administrator, app: ExampleApp, stranger, server):
    await administrator("install", app.descriptor_url)
    key = await server.app.store.find_newest_signing_key(await server.organization_id())
    for host in ("connect-install-keys.atlassian.com", "Connect-Install-Keys.example.com:8443"):
        answer = await stranger.get(f"/{key.name}", headers={"Host": host})
        assert (answer.status_code, answer.text) == (200, key.public_key)
        for path in ("/x", "/", "/healthz", "/a/b", "/rest/deployments/0.1/bulk"):
            answer = await stranger.get(path, headers={"Host": host})
            assert (answer.status_code, [*answer.json()[0]]) == (404, ["message"])
    elsewhere = await stranger.get(f"/{key.name}")
    assert "html" in elsewhere.headers["content-type"]


STEPS = "shipledger.protocols.jira.installing:Installer"
STORED = "shipledger.store.credentials.clients:SqlClients"


async def killed_at(database: Path, server: Server, step: str, when: str, *arguments: str) -> None:
    """Run a command that is killed at a step."""
    environment = {
        "SHIPLEDGER_DATABASE_URL": f"sqlite:///{database}",
        "SHIPLEDGER_OUTGOING_NETWORKS": "127.0.0.0/8, ::1",
        "SHIPLEDGER_PUBLIC_URL": server.url,
    }
    await asyncio.to_thread(run_killed, step, *arguments, environment=environment, when=when)


@pytest.mark.parametrize(
    "step, when, is_told",
    [(f"{STORED}.create_signing_app", "after", False), (f"{STEPS}._tell", "after", True)],
    ids=["before the app is told", "after the app was told"],
)
async def test_an_installation_that_was_killed_is_finished_by_doing_it_again(
    administrator, app: ExampleApp, stranger, server, database, step: str, when: str, is_told: bool
):
    await killed_at(database, server, step, when, "connect", "install", app.descriptor_url)
    [listed] = (await administrator("list", "--json")).json["apps"]
    assert listed["is_unfinished"]
    if is_told:
        assert await submit(stranger, app.secret) == 202
    made = (await administrator("install", app.descriptor_url, "--json")).json
    assert (made["id"], made["is_new"]) == (listed["id"], True)
    assert await submit(stranger, app.secret) == 202
    [listed] = (await administrator("list", "--json")).json["apps"]
    assert not listed["is_unfinished"]


@pytest.mark.parametrize(
    "step",
    [f"{STORED}.update_signing_app", f"{STEPS}._tell"],
    ids=["before the app is told", "after the app was told"],
)
async def test_whatever_secret_an_app_has_after_a_killed_rotation_is_good_and_the_next_one_finishes_it(
    administrator, app: ExampleApp, stranger, server, database, step: str
):
    made = (await administrator("install", app.descriptor_url, "--json")).json
    await killed_at(database, server, step, "after", "connect", "rotate", made["id"])
    assert await submit(stranger, app.secret) == 202
    await administrator("rotate", made["id"])
    assert await submit(stranger, app.secret) == 202
    [listed] = (await administrator("list", "--json")).json["apps"]
    assert not listed["is_unfinished"]


async def test_a_rotation_of_which_nobody_knows_whether_the_app_heard_leaves_both_secrets_good(
    administrator, app: ExampleApp, stranger
):
    made = (await administrator("install", app.descriptor_url, "--json")).json
    before, app.status = app.secret, 0  # no answer that anybody understands
    await administrator("rotate", made["id"], code=3)
    assert app.secret != before
    assert [await submit(stranger, secret) for secret in (before, app.secret)] == [202, 202]
    heard, app.status = app.secret, 204
    await administrator("rotate", made["id"])
    assert app.secret == heard
