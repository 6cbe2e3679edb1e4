"""While a request does its worst, everybody else is answered: each known attack runs with a valid key beside looks at /healthz.

What counts is the processor time that the server spends while one such look waits, not the time on the clock: the machine of a
test may be busy with others.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx2
import pytest

from tests.support.datadog import DORA, list_body
from tests.support.jira import deployment
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

WORST_SECONDS = 0.5
"""What the server may compute while somebody waits for /healthz. The attacks took 1 to 30 seconds of it, each in one go."""

LOOKS_AT_LEAST = 5
LONG_TEXTS = 20


def seconds_of(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def part(head: str) -> bytes:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\nx\r\n--b--".encode()


class Keys:
    """A client of each protocol."""

    def __init__(self, server: RunningServer, stack: contextlib.ExitStack) -> None:
        def create(kind: str) -> dict[str, Any]:
            told = server.run_here("credential", "create", kind, "--name", "attacker", "--json").out
            created: dict[str, Any] = json.loads(told)
            return created

        def client(headers: dict[str, str]) -> httpx2.Client:
            return stack.enter_context(
                httpx2.Client(base_url=server.url, headers=headers, timeout=100, trust_env=False, verify=no_certificates())
            )

        datadog, jira = create("datadog"), create("jira-oauth")
        self.opsgenie = client({"Authorization": f"GenieKey {create('opsgenie')['api_key']}"})
        self.datadog = client({"DD-API-KEY": datadog["api_key"], "DD-APPLICATION-KEY": datadog["application_key"]})
        asked = {"grant_type": "client_credentials", "client_id": jira["client_id"], "client_secret": jira["client_secret"]}
        token = client({}).post("/oauth/token", json=asked).json()["access_token"]
        self.jira = client({"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("attacked"))
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def keys(server: RunningServer) -> Iterator[Keys]:
    """Clients with valid keys, and long texts in the ledger for their queries to look at."""
    with contextlib.ExitStack() as stack:
        found = Keys(server, stack)
        for number in range(LONG_TEXTS):
            body = create_body(externalId=f"long-{number}", message="a" * 15_000)
            assert found.opsgenie.post("/v2/deployments", json=body).status_code == 202
        yield found


def upload(body: bytes, **headers: str) -> Callable[[Keys], httpx2.Response]:
    sent = {"Content-Type": "multipart/form-data; boundary=b", **headers}
    return lambda keys: keys.datadog.post("/api/v2/git/repository/packfile", content=body, headers=sent)


def submit(body: bytes) -> Callable[[Keys], httpx2.Response]:
    return lambda keys: keys.jira.post("/rest/deployments/0.1/bulk", content=body, headers={"Content-Type": "application/json"})


def ask(query: str) -> Callable[[Keys], httpx2.Response]:
    return lambda keys: keys.datadog.post(f"{DORA}/deployments", json=list_body(query))


def find(query: str) -> Callable[[Keys], httpx2.Response]:
    return lambda keys: keys.opsgenie.get(f"/v1/incidents?query={quote_plus(query)}")


SEMICOLONS = part('name="' + ";" * 240_000)
COMMITS = [{"commitHash": f"{number:040x}", "repositoryId": "acme/shop"} for number in range(499)]
ISSUE = {"associationType": "issueIdOrKeys", "values": ["SHIP-1"]}
FULL = [
    deployment(deploymentSequenceNumber=number, associations=[{"associationType": "commit", "values": COMMITS}, ISSUE])
    for number in range(20)
]

ATTACKS: dict[str, tuple[Callable[[Keys], httpx2.Response], int]] = {
    "the header of a part": (upload(SEMICOLONS), 400),
    "the header of a part, compressed": (upload(gzip.compress(SEMICOLONS), **{"Content-Encoding": "gzip"}), 400),
    "a bomb": (upload(gzip.compress(bytes(16 * 2**20)), **{"Content-Encoding": "gzip"}), 400),
    "wildcards over long texts": (ask("*" + "a" * 1_000 + "b* OR *" + "a" * 1_000 + "c*"), 200),
    "question marks over long texts": (ask("*" + "a?" * 400 + "b*"), 200),
    "blanks in a query": (find("message:a" + " " * 50_000 + "b"), 422),
    "nested brackets": (submit(b"[" * 5_000_000 + b"]" * 5_000_000), 400),
    "many values": (submit(b"[" + b"[]," * 3_000_000 + b"[]]"), 400),
    "a text of escapes without an end": (submit(b"[" * 501 + b'"' + b'\\"' * 200_000), 400),
    "a bulk with much in it": (submit(json.dumps({"deployments": FULL}).encode()), 202),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_answered_while_an_attack_runs(server: RunningServer, keys: Keys, attack: str) -> None:
    send, status = ATTACKS[attack]
    worst = 0.0
    with (
        concurrent.futures.ThreadPoolExecutor(1) as beside,
        httpx2.Client(base_url=server.url, timeout=100, verify=no_certificates()) as other,
    ):
        other.get("/healthz")
        under_way = beside.submit(send, keys)
        looks = 0
        while looks < LOOKS_AT_LEAST or not under_way.done():
            began = seconds_of(server.pid)
            assert other.get("/healthz").status_code == 200
            worst = max(worst, seconds_of(server.pid) - began)
            looks += 1
            time.sleep(0.002)
        answer = under_way.result()
    assert answer.status_code == status, answer.text[:300]
    assert worst < WORST_SECONDS
