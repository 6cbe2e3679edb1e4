"""``shipledger mark`` over HTTP, and what the commands that read show of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Commands
from tests.support.native import INCIDENTS, TARGET, deployment, incident
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("mark"))
    try:
        running.start()
        yield running
    finally:
        running.close()


def test_marks_are_said_shown_and_taken_back(cli: Commands, ledger: RunningServer, tmp_path: Path) -> None:
    token = ledger.create_credential("native")["token"]
    environment = {"SHIPLEDGER_URL": ledger.url, "SHIPLEDGER_TOKEN": token}

    def post(path: str, body: object) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        return str(
            httpx2.post(ledger.url + path, json=body, headers=headers, trust_env=False, verify=no_certificates())
            .raise_for_status()
            .json()["id"]
        )

    failed, remedy = post(TARGET, deployment()), post(TARGET, deployment(external_id="build-78"))
    down = post(INCIDENTS, incident())
    of_deployment = ("mark", "deployment", failed)
    done = cli(*of_deployment, "--change-failure", "--remediation", remedy, "--by", "rollback", "--json", environment=environment)
    assert done.json["marks"]["remediation"] == {"deployment": remedy, "type": "rollback", "version": None}
    assert cli(*of_deployment, "--change-failure", environment=environment).out.startswith("Duplicate. ")
    cli("mark", "incident", down, "--caused-by", failed, "--note", "The cache", environment=environment)
    refused = cli("mark", "incident", down, "--not-caused-by-deployment", environment=environment, code=1)
    assert failed in refused.err
    cli("mark", "incident", down, "--withdraw", "caused_by", "--not-caused-by-deployment", environment=environment)

    shown = cli("deployments", "show", failed, "--database", ledger.database_url).out
    assert "change failure" in shown
    assert f"{remedy} rollback" in shown
    shown = cli("incidents", "show", down, "--database", ledger.database_url).out
    assert "The cache" in shown
    assert "not caused by deployment" in shown
    assert not [line for line in shown.splitlines() if line.startswith("caused by")]

    assert cli("mark", "incident", failed, "--note", "x", environment=environment, code=1).err.count("no incident") == 1
    for said in ((), ("--note", "x", "--withdraw", "note"), ("--root-cause", "abc"), ("--potential-cause", "@abc")):
        cli("mark", "incident", down, *said, environment=environment, code=2)


def test_pull_requests_are_recorded_listed_and_shown_over_http(cli: Commands, ledger: RunningServer) -> None:
    token = ledger.create_credential("native")["token"]
    environment = {"SHIPLEDGER_URL": ledger.url, "SHIPLEDGER_TOKEN": token}
    pull = ("pull-request", "record", "17", "--repository", "https://github.com/acme/shop.git")
    made = cli(*pull, "--title", "Add cart", "--label", "a", "--label", "b", "--json", environment=environment).json
    assert (made["repository"], made["number"], made["labels"]) == ("github.com/acme/shop", "17", ["a", "b"])
    merged = ("--merged-at", "2026-03-04T10:02:00Z", "--merge-commit", "c" * 40, "--squash")
    assert cli(*pull, *merged, environment=environment).out == "Applied.\n"
    assert cli(*pull, *merged, environment=environment).out.startswith("Duplicate.")
    cli(*pull[:2], "18", *pull[3:], environment=environment)
    asked = ("pull-request", "list", "--repository", "github.com/acme/shop")
    shown = cli(*asked, "--state", "merged", "--since", "1d", environment=environment).out
    assert made["id"] in shown
    assert "18" not in shown.replace(made["id"], "")
    first = cli(*asked, "--limit", "1", "--json", environment=environment).json
    rest = cli(*asked, "--limit", "1", "--cursor", first["next_cursor"], "--json", environment=environment).json
    assert {page["pull_requests"][0]["number"] for page in (first, rest)} == {"17", "18"}
    assert "merged" in cli("pull-request", "show", made["id"], environment=environment).out
    cli("pull-request", "show", "nothing", environment=environment, code=1)
    no_text = "caf\udce9"
    cli("pull-request", "show", no_text, environment=environment, code=1)
    cli("mark", "deployment", no_text, "--note", no_text, environment=environment, code=1)
    assert cli("pull-request", "list", "--author", no_text, "--json", environment=environment).json["pull_requests"] == []
    kept = cli("pull-request", "record", "19", *pull[3:], "--title", no_text, "--json", environment=environment).json
    assert kept["title"] == "caf\ufffd"
    assert "merged_at" in cli(*pull, "--merged-at", "soon", environment=environment, code=1).err
    assert "SHIPLEDGER_TOKEN" in cli(*asked, environment={"SHIPLEDGER_TOKEN": ""}, code=2).err
