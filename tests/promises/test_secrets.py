"""A secret is in the answer that hands it out and nowhere else: no log, no error, no page, no metric, no archive, no file."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import jwt
import pytest

from shipledger.protocols.jira.qsh import hash_request
from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.attack import Names, list_distinct_operations, list_requests
from tests.support.connect_app import ExampleApp, example_app
from tests.support.contents import read_rows
from tests.support.jira_clients import SITE
from tests.support.plain_http import PlainCaller, plain_caller
from tests.support.postgres import PostgresServer
from tests.support.program import EMAIL, PASSWORD, RunningServer

pytestmark = pytest.mark.smoke

PLACES = (
    "/metrics",
    "/readyz",
    "/healthz",
    "/ledger/openapi.json",
    "/",
    "/deployments",
    "/requests",
    "/services",
    "/issues",
    "/incidents",
    "/repositories",
    "/packs",
    "/settings",
    "/sources",
    "/ledger/docs",
)
PUBLIC_URL = "https://ledger.example.com"
TOKEN_KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
HANDED_OUT = {".token-key", ".archive-key", ".out"}
"""Files that hold a secret because they are meant to; what the server printed has the link to the first account."""
INSTALLED = "com.example.installed"
COMMANDS = (
    ("credential", "list"),
    ("connect", "list"),
    ("receipts", "list"),
    ("receipts", "refused"),
    ("receipts", "senders"),
    ("doctor",),
)


class Keeper:
    """A server that says as much as it can, and every secret that it gave out or was given."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.secrets: dict[str, str] = {}
        self.opsgenie = self._create("opsgenie")["api_key"]
        self.iftrue = self._create("iftrue")["token"]
        self.native = self._create("native")["token"]
        self.jira = self._create("jira-oauth")
        self.app = self._create("jira-connect", "--app-key", "com.example.app")
        keys = self._create("datadog")
        self.datadog = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["application_key"]}
        self.webhook = self._create("jenkins")
        with self.server.reader():
            pass  # the first account, which the token is of
        rights = [word for right in ("read", "write", "configuration") for word in ("--scope", right)]
        create = ("token", "create", EMAIL, "--name", "script", *rights, "--json")
        self.personal = self.server.run_here(*create).json["token"]
        self.secrets["a personal token"] = self.personal
        self.installed = asyncio.run(self._install())
        self.secrets["the key of the installation"] = TOKEN_KEY
        self.secrets["the link to the first account"] = server.link.partition("?link=")[2]
        self.secrets["a password"] = PASSWORD
        self.secrets["a password in a clone URL"] = "correct-horse-battery"
        self.clone_url = "https://ci:correct-horse-battery@github.com/acme/shop.git"

    async def _install(self) -> str:
        """The secret of an app that was installed by its descriptor, and had another secret before."""
        async with example_app() as app:
            app.changes["key"] = INSTALLED
            await asyncio.to_thread(self.server.run_here, "connect", "install", app.descriptor_url)
            self._learn(app, "first")
            await asyncio.to_thread(self.server.run_here, "connect", "rotate", INSTALLED)
            self._learn(app, "second")
            return app.secret

    def _learn(self, app: ExampleApp, which: str) -> None:
        self.secrets[f"the {which} secret of the installed app"] = app.secret
        self.secrets[f"the {which} call to the installed app"] = app.heard[-1].headers["authorization"].removeprefix("JWT ")

    def _create(self, kind: str, *options: str) -> dict[str, str]:
        made = self.server.create_credential(kind, *options)
        self.secrets |= {
            f"{name} of {kind}": made[name]
            for name in made
            if name not in {"id", "client_id", "cloud_id", "app_key", "client_key", "webhook_url"}
        }
        return made

    def proofs(self, client: httpx2.Client) -> list[dict[str, str]]:
        """Headers of every scheme that prove somebody."""
        body = {
            "grant_type": "client_credentials",
            "client_id": self.jira["client_id"],
            "client_secret": self.jira["client_secret"],
        }
        token = client.post("/oauth/token", json=body).json()["access_token"]
        self.secrets["an access token"] = token
        basic = base64.b64encode(f"{self.jira['client_id']}:{self.jira['client_secret']}".encode()).decode()
        self.secrets["basic authentication"] = basic
        assert client.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
        ).is_success
        return [
            {"Authorization": f"GenieKey {self.opsgenie}"},
            {"Authorization": f"Bearer {self.iftrue}"},
            {"Authorization": f"Bearer {token}"},
            {"Authorization": f"JWT {self.sign('com.example.app', self.app['shared_secret'])}"},
            {"Authorization": f"JWT {self.sign(INSTALLED, self.installed)}"},
            self.datadog,
            {"Authorization": f"Bearer {self.native}"},
            {"Authorization": f"Bearer {self.personal}"},
        ]

    def sign(self, app_key: str, secret: str) -> str:
        """A token of an app, which is a secret too."""
        at = int(time.time())
        claims = {"iss": app_key, "iat": at, "exp": at + 180, "qsh": hash_request("POST", f"{SITE}/bulk", "")}
        return self._keep(f"a token of {app_key}", jwt.encode(claims, secret, algorithm="HS256"))

    def wrap(self, **envelope: Any) -> str:
        """An envelope of Jenkins' plugin, which is signed and so a secret too."""
        at = int(time.time())
        claims = {"iss": "jenkins-plugin", "aud": "jenkins-forge-app", "iat": at, "exp": at + 300}
        claims["request_body_json"] = json.dumps(envelope)
        return self._keep(f"an envelope {at}", jwt.encode(claims, self.webhook["secret"], algorithm="HS256"))

    def _keep(self, name: str, secret: str) -> str:
        self.secrets[name] = secret
        return secret

    def look(self, text: str, where: str) -> None:
        """No secret is in ``text``."""
        found = [name for name, secret in self.secrets.items() if secret in text]
        assert not found, f"{found} in {where}"


@pytest.fixture(params=["sqlite", "postgres"])
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    """A PostgreSQL server of this test's own, whose files can be searched, or none."""
    if request.param == "sqlite":
        yield None
        return
    server = PostgresServer()
    try:
        server.start()
        asyncio.run(server.execute('CREATE DATABASE "ledger" TEMPLATE template0'))
        yield server
    finally:
        server.close()


@pytest.fixture
def keeper(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Keeper]:
    environment = {
        "SHIPLEDGER_LOG_LEVEL": "debug",
        "SHIPLEDGER_LOG_FORMAT": "json",
        "SHIPLEDGER_PUBLIC_URL": PUBLIC_URL,
        "SHIPLEDGER_TOKEN_KEY": TOKEN_KEY,
        "SHIPLEDGER_OUTGOING_NETWORKS": "127.0.0.0/8, ::1",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    server = RunningServer(tmp_path, database_url=postgres.url("ledger") if postgres else None, environment=environment)
    try:
        server.start()
        yield Keeper(server)
    finally:
        server.close()


def test_no_secret_is_anywhere_but_in_the_answer_that_hands_it_out(
    keeper: Keeper, tmp_path: Path, postgres: PostgresServer | None
) -> None:
    server = keeper.server
    with server.reader() as client:
        keeper.secrets["a session"], keeper.secrets["the mark of a browser"] = client.cookies.values()
        proofs = keeper.proofs(client)
        record(client, keeper, proofs)
        with plain_caller(server.port) as caller:
            # What an answer says and a log repeats is decided above the stores.
            for headers in proofs if postgres is None else proofs[:1]:
                provoke(caller, keeper, headers)
            misplace(caller, keeper)
        for path in PLACES:
            answer = client.get(path, headers=proofs[0])
            assert answer.status_code == 200, path
            keeper.look(answer.text + str(answer.headers), path)
    for command in COMMANDS:
        done = server.run_here(*command, code=None)
        keeper.look(done.out + done.err, " ".join(command))
    for receipt in server.run_here("receipts", "list", "--limit", "2", "--json").json["receipts"]:
        keeper.look(server.run_here("receipts", "show", receipt["id"]).out, "a receipt")
    exported = server.run_here("export", str(tmp_path / "archive.zip"))
    [archive_key] = tmp_path.rglob("*.archive-key")
    keeper.secrets["the key of archives"] = archive_key.read_text().strip()
    keeper.look(exported.out + exported.err, "the export")
    if postgres is None:
        server.run_here("backup", str(tmp_path / "copy.db"))
    keeper.look(repr(asyncio.run(read_rows(server.database_url))), "the rows")
    server.terminate()

    assert server.out.read_text().count(keeper.secrets["the link to the first account"]) == 1
    log = server.log.read_text()
    assert log.count("A request was answered.") > 100
    assert "A Connect token was refused." in log
    keeper.look(log, "the log")
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        assert archive.read("deployment_entries.jsonl").count(b"\n") > 3
        for name in archive.namelist():
            keeper.look(archive.read(name).decode(), name)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in HANDED_OUT]
    assert {"server.log", "archive.zip", *(() if postgres else ("shipledger.db", "copy.db"))} <= {path.name for path in files}
    if postgres is not None:
        postgres.stop()  # so that all it has to say is in its files
        folders = [postgres.data.parent / "log", *(postgres.data / "base").iterdir(), postgres.data / "pg_wal"]
        files += [path for folder in folders for path in (folder, *folder.rglob("*")) if path.is_file()]
        assert len(files) > 100
    for path in files:
        content = path.read_bytes().decode("latin-1")
        keeper.look(content, path.name)
        assert "PRIVATE KEY" not in content, path.name


def record(client: httpx2.Client, keeper: Keeper, proofs: list[dict[str, str]]) -> None:
    """Something that succeeds with each of them."""
    genie, bearer, access, signed, installed, keys, ledger, personal = proofs
    calls = (
        ("/v2/deployments", genie, opsgenie.create_body()),
        (iftrue.TARGET, bearer, iftrue.report()),
        (f"{SITE}/bulk", access, {"deployments": [jira.deployment()]}),
        (f"{SITE}/bulk", signed, {"deployments": [jira.deployment()]}),
        (f"{SITE}/bulk", installed, {"deployments": [jira.deployment()]}),
        (f"{datadog.DORA}/deployment", keys, datadog.create_body()),
        (native.TARGET, personal, native.deployment(external_id="by a person")),
        (native.TARGET, ledger, native.deployment(releases=[{"repository": keeper.clone_url, "commit": native.SHA}])),
    )
    for path, headers, body in calls:
        answer = client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
    webhook = keeper.webhook["webhook_url"].removeprefix(PUBLIC_URL)
    event = {"requestType": "event", "eventType": "deployment", "payload": {"deployments": [jira.deployment()]}}
    for envelope, status in ((keeper.wrap(**event), 202), (keeper.wrap(requestType="ping") + "x", 400)):
        answer = client.post(webhook, content=envelope, headers={"Content-Type": "application/jwt"})
        assert answer.status_code == status, answer.text


def provoke(caller: PlainCaller, keeper: Keeper, headers: dict[str, str]) -> None:
    """Every operation, with headers that may or may not fit, and bodies that do not: each is answered somehow."""
    names = Names("c68adbe0-2b09-4add-b08e-eb5797b31bc9", ("nothing",), ("p/environments/e/deployments/1",))
    for operation in list_distinct_operations():
        for sent in list_requests(operation, names, keeper.jira["cloud_id"], ["any"]):
            for extra in ({}, {"Content-Type": "application/json"})[: 1 if sent.method == "GET" else 2]:
                body = b'{"broken": ' if extra else None
                answer = caller.request(sent.method, sent.target, content=body, headers={**headers, **extra})
                keeper.look(answer.text + str(answer.headers), f"the answer to {sent.method} {sent.target}")


def misplace(caller: PlainCaller, keeper: Keeper) -> None:
    """Secrets where they do not belong. Who sends one there gets it back; the log must not have it."""
    for secret in list(keeper.secrets.values()):
        text = quote(secret, safe="")
        for target in (f"/v2/deployments/{text}", f"/v2/deployments/search?apiKey={text}", f"{SITE}/bulk?jwt={text}", f"/{text}"):
            caller.request("GET", target)
        for scheme in ("GenieKey", "Bearer", "JWT", "Basic", "Token", ""):
            shown = {"Authorization": f"{scheme} {secret}".strip()}
            keeper.look(caller.request("GET", "/v2/deployments/x", headers=shown).text, scheme)
            caller.request("GET", f"{SITE}/pipelines/a", headers={"Authorization": f"{scheme} {secret}x".strip()})
        caller.request("POST", "/oauth/token", content=f'{{"client_secret": "{secret}", "grant_type": '.encode())
        content, shown = f'{{"apiKey": "{secret}"'.encode(), {"Authorization": f"GenieKey {secret}"}
        caller.request("POST", "/v2/deployments", content=content, headers=shown)
