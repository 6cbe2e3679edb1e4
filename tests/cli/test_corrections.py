"""``shipledger deployments correct``, ``undo`` and ``corrections`` over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Commands
from tests.support.native import TARGET, deployment, started
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("corrections"))
    try:
        running.start()
        yield running
    finally:
        running.close()


def test_a_stuck_run_is_corrected_after_a_preview_and_that_is_undone(cli: Commands, ledger: RunningServer) -> None:
    token = ledger.create_credential("native")["token"]
    environment = {"SHIPLEDGER_URL": ledger.url, "SHIPLEDGER_TOKEN": token, "COLUMNS": "200"}

    def post(body: object) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.post(ledger.url + TARGET, json=body, headers=headers, trust_env=False, verify=no_certificates())
        return str(answer.raise_for_status().json()["id"])

    post(deployment())
    stuck = post(started(external_id="build-78", started_at="2026-03-05T10:00:00Z", version="2.5.0"))
    one = ("deployments", "correct", stuck, "--reason", "The runner died after it.")
    said = ("--state", "successful", "--finished-at", "2026-03-05T10:07:00Z", "--release", "github.com/acme/shop@61445f3")
    preview = cli(*one, *said, "--dry-run", environment=environment)
    assert "checkout in production: 2.4.1 since 2026-03-04T10:05:00.000Z -> 2.5.0 since 2026-03-05T10:07:00.000Z" in preview.out
    assert "Nothing was recorded." in preview.err
    assert cli("deployments", "corrections", stuck, environment=environment).out == "Version 0.\n"

    made = cli(*one, *said, "--seen", "0", "--json", environment=environment).json
    assert "Somebody else has corrected" in cli(*one, "--version", "3", "--seen", "0", environment=environment, code=1).err
    listed = cli("deployments", "corrections", stuck, environment=environment).out
    for words in ("in_progress", "successful", "github.com/acme/shop@61445f3", "The runner died after it.", "Version 1."):
        assert words in listed
    shown = cli("deployments", "show", stuck, "--database", ledger.database_url).out
    assert "state, reported as in progress: The runner died after it." in shown
    undo = ("deployments", "undo", stuck, made["correction"])
    assert "successful" in cli(*undo, "--dry-run", environment=environment).out
    assert cli(*undo, "--reason", "It had failed.", environment=environment).out.startswith(f"Undone: {made['correction']}")
    assert "undone already" in cli(*undo, environment=environment, code=1).err

    removed = cli(*one, "--remove", environment=environment).out
    assert removed.startswith("Corrected: ")
    assert "no deployment" in cli(*one, "--version", "3", environment=environment, code=1).err
    for wrong in ((), ("--release", "abc")):
        cli(*one, *wrong, environment=environment, code=2)
    assert "reason" in cli(*one[:4], " ", "--version", "3", environment=environment, code=1).err


def test_bytes_that_are_no_text_and_ids_of_nothing_are_refused(cli: Commands, ledger: RunningServer, tmp_path: Path) -> None:
    environment = {"SHIPLEDGER_URL": ledger.url, "SHIPLEDGER_TOKEN": ledger.create_credential("native")["token"]}
    for name in ("caf\udce9", "nothing"):
        cli("deployments", "correct", name, "--title", name, "--reason", name, environment=environment, code=1)
        cli("deployments", "undo", name, name, environment=environment, code=1)
        cli("deployments", "corrections", name, environment=environment, code=1)
