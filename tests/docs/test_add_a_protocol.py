"""The page "Add a protocol", followed to the letter: its one file and its lines in the registry, in a copy of the program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.plain_http import no_certificates
from tests.support.program import PROGRAM, RunningServer
from tests.support.project import DOCS, ROOT, read

pytestmark = pytest.mark.smoke

PAGE = read(DOCS / "how-to" / "add-a-protocol.md")
SENT = {"service": "shop", "version": "1.4.2", "commit": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"}


def find_block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def add_lines(text: str, diff: str) -> str:
    """``text`` with the added lines of ``diff``, each after the line that stands above it there."""
    above = ""
    for line in diff.splitlines():
        if line.startswith("+"):
            assert text.count(f"{above}\n") == 1, above
            text = text.replace(f"{above}\n", f"{above}\n{line[1:]}\n")
        above = line[1:]
    return text


class Installation:
    """The program with the protocol of the page, and a ledger."""

    def __init__(self, folder: Path) -> None:
        source = folder / "src" / "shipledger"
        shutil.copytree(ROOT / "src" / "shipledger", source)  # with what is compiled, which takes longer than all below
        (path,) = re.findall(r"^`src/shipledger/(\S+\.py)`:$", PAGE, re.MULTILINE)
        (source / path).write_text(find_block("python"))
        registry = source / "protocols" / "registry.py"
        registry.write_text(add_lines(registry.read_text(), find_block("diff")))
        self.environment = {"PYTHONPATH": str(source.parent), "SHIPLEDGER_BEACON_ENVIRONMENT": "staging"}
        self.server = RunningServer(folder, environment=self.environment)

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints."""
        environment = {**os.environ, **self.environment, "SHIPLEDGER_DATABASE_URL": self.server.database_url}
        done = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    def create(self, *options: str) -> Any:
        """The members of a new credential."""
        return json.loads(self.run("credential", "create", "beacon", "--name", "x", "--json", *options))

    def call(self, method: str, path: str, key: str = "", **options: Any) -> httpx2.Response:
        """The answer to a call."""
        return httpx2.request(
            method,
            f"{self.server.url}{path}",
            headers={"X-Beacon-Key": key},
            trust_env=False,
            **options,
            verify=no_certificates(),
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    place = Installation(tmp_path_factory.mktemp("beacon"))
    place.run("credential", "create", "native", "--name", "first")
    place.server.start()
    yield place
    place.server.kill()


@pytest.fixture(scope="module")
def sender(place: Installation) -> Any:
    """What the command tells of a credential that may send. To start the copy takes a second, so tests share two of them."""
    return place.create("--region", "us")


@pytest.fixture(scope="module")
def reader(place: Installation) -> Any:
    """The same of one that may only read."""
    return place.create("--scope", "read")


def test_its_kind_of_credential_has_its_options_its_right_and_what_it_shows(place, sender, reader):
    assert set(sender) == {"id", "key", "region"}
    assert (sender["region"], reader["region"]) == ("us", "eu")

    kinds = json.loads(place.run("credential", "list", "--json"))["credentials"]
    assert sorted(kind["scopes"] for kind in kinds if kind["kind"] == "beacon") == [["beacon_send", "read"], ["read"]]
    assert "--region applies to beacon keys only." in place.run(
        *("credential", "create", "opsgenie", "--name", "x", "--region", "eu"), code=2
    )


def test_what_it_is_sent_is_settled_in_the_environment_that_its_setting_names(place, sender):
    sent = place.call("POST", "/beacon/deployments", sender["key"], json=SENT)
    assert sent.status_code == 202, sent.text

    read_back = place.call("GET", f"/beacon/deployments/{sent.json()['id']}", sender["key"])
    assert read_back.json() == {"environment": "staging", "version": "1.4.2"}


def test_its_own_right_is_needed_for_what_asks_for_it(place, sender, reader):
    assert place.call("POST", "/beacon/deployments", reader["key"], json=SENT).status_code == 403
    assert place.call("GET", "/beacon/work", "another").status_code == 401
    assert place.call("POST", "/beacon/deployments", sender["key"], json={}).status_code == 400


def test_errors_outside_its_endpoints_and_its_openapi_part_are_its_own(place):
    assert place.call("GET", "/beacon/nothing").json() == {"error": "nothing is served here"}
    page = place.call("GET", "/ledger/openapi.json").json()
    assert {path for path in page["paths"] if path.startswith("/beacon")} == {
        "/beacon/deployments",
        "/beacon/deployments/{id}",
        "/beacon/work",
    }
    assert "beaconKey" in page["components"]["securitySchemes"]


def test_its_duty_is_done(place, reader):
    assert place.call("GET", "/beacon/work", reader["key"], timeout=60).json() == {"done": True}
