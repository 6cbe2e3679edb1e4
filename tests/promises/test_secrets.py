"""A secret is in the answer that hands it out and nowhere else: no log, no error, no page, no metric, no export, no file."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import jwt
import pytest

from shipledger.protocols.jira.qsh import hash_request
from tests.support import datadog, iftrue, jira, opsgenie
from tests.support.attack import Names, list_operations, list_requests
from tests.support.jira_clients import SITE
from tests.support.program import RunningServer

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
)
COMMANDS = (
    ("credential", "list"),
    ("connect", "list"),
    ("receipts", "list"),
    ("doctor",),
)


class Keeper:
    """A server that says as much as it can, and every secret that it gave out or was given."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.secrets: dict[str, str] = {}
        self.opsgenie = self._create("opsgenie")["api_key"]
        self.iftrue = self._create("iftrue")["token"]
        self.jira = self._create("jira-oauth")
        self.app = self._create("jira-connect", "--app-key", "com.example.app")
        keys = self._create("datadog")
        self.datadog = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["application_key"]}
        self.secrets["the key of the installation"] = (
            server.database.with_name(f"{server.database.name}.token-key").read_text().strip()
        )

    def _create(self, kind: str, *options: str) -> dict[str, str]:
        made = self.server.run_json("credential", "create", kind, "--name", kind, *options)
        self.secrets |= {
            f"{name} of {kind}": made[name]
            for name in made
            if name not in {"id", "client_id", "cloud_id", "app_key", "client_key"}
        }
        return made

    def proofs(self, client: httpx.Client) -> list[dict[str, str]]:
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
            {"Authorization": f"JWT {self.sign('POST', f'{SITE}/bulk')}"},
            self.datadog,
        ]

    def sign(self, method: str, target: str) -> str:
        """A token of the app, which is a secret too."""
        at = int(time.time())
        claims = {"iss": "com.example.app", "iat": at, "exp": at + 180, "qsh": hash_request(method, target, "")}
        token = jwt.encode(claims, self.app["shared_secret"], algorithm="HS256")
        self.secrets["a signed token"] = token
        return token

    def look(self, text: str, where: str) -> None:
        """No secret is in ``text``."""
        found = [name for name, secret in self.secrets.items() if secret in text]
        assert not found, f"{found} in {where}"


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    environment = {"SHIPLEDGER_LOG_LEVEL": "debug", "SHIPLEDGER_LOG_FORMAT": "json", "SHIPLEDGER_PAGES": "everyone"}
    server = RunningServer(tmp_path, environment=environment)
    try:
        server.start()
        yield Keeper(server)
    finally:
        server.close()


def test_no_secret_is_anywhere_but_in_the_answer_that_hands_it_out(keeper: Keeper, tmp_path: Path) -> None:
    server = keeper.server
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        proofs = keeper.proofs(client)
        record(client, proofs)
        for headers in proofs:
            provoke(client, keeper, headers)
        misplace(client, keeper)
        for path in PLACES:
            keeper.look(client.get(path, headers=proofs[0]).text, path)
    for command in COMMANDS:
        done = server.run(*command, check=False)
        keeper.look(done.stdout + done.stderr, " ".join(command))
    for receipt in server.run_json("receipts", "list", "--limit", "2")["receipts"]:
        keeper.look(server.run("receipts", "show", receipt["id"]).stdout, "a receipt")
    server.run("backup", str(tmp_path / "copy.db"))
    server.terminate()

    log = server.log.read_text()
    assert log.count("A request was answered.") > 100
    assert "A Connect token was refused." in log
    keeper.look(log, "the log")
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".token-key")]
    assert {"shipledger.db", "copy.db", "server.log"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes().decode("latin-1")
        keeper.look(content, path.name)
        assert "PRIVATE KEY" not in content, path.name


def record(client: httpx.Client, proofs: list[dict[str, str]]) -> None:
    """Something that succeeds with each of them."""
    genie, bearer, access, signed, keys = proofs
    calls = (
        ("/v2/deployments", genie, opsgenie.create_body()),
        (iftrue.TARGET, bearer, iftrue.report()),
        (f"{SITE}/bulk", access, {"deployments": [jira.deployment()]}),
        (f"{SITE}/bulk", signed, {"deployments": [jira.deployment()]}),
        (f"{datadog.DORA}/deployment", keys, datadog.create_body()),
    )
    for path, headers, body in calls:
        answer = client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text


def provoke(client: httpx.Client, keeper: Keeper, headers: dict[str, str]) -> None:
    """Every operation, with headers that may or may not fit, and bodies that do not: each is answered somehow."""
    names = Names("c68adbe0-2b09-4add-b08e-eb5797b31bc9", ("nothing",), ("p/environments/e/deployments/1",))
    for operation in list_operations():
        for sent in list_requests(operation, names, keeper.jira["cloud_id"], ["any"]):
            for extra in ({}, {"Content-Type": "application/json"})[: 1 if sent.method == "GET" else 2]:
                body = b'{"broken": ' if extra else None
                answer = client.request(sent.method, sent.target, content=body, headers={**headers, **extra})
                keeper.look(answer.text + str(answer.headers), f"the answer to {sent.method} {sent.target}")


def misplace(client: httpx.Client, keeper: Keeper) -> None:
    """Secrets where they do not belong. Who sends one there gets it back; the log must not have it."""
    for secret in list(keeper.secrets.values()):
        text = quote(secret, safe="")
        for target in (f"/v2/deployments/{text}", f"/v2/deployments/search?apiKey={text}", f"{SITE}/bulk?jwt={text}", f"/{text}"):
            client.get(target)
        for scheme in ("GenieKey", "Bearer", "JWT", "Basic", "Token", ""):
            keeper.look(client.get("/v2/deployments/x", headers={"Authorization": f"{scheme} {secret}".strip()}).text, scheme)
            client.get(f"{SITE}/pipelines/a", headers={"Authorization": f"{scheme} {secret}x".strip()})
        with contextlib.suppress(httpx.InvalidURL):
            client.post("/oauth/token", content=f'{{"client_secret": "{secret}", "grant_type": '.encode())
        client.post(
            "/v2/deployments", content=f'{{"apiKey": "{secret}"'.encode(), headers={"Authorization": f"GenieKey {secret}"}
        )
