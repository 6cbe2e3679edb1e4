"""What the documentation says to paste, pasted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.forked_command import forked_command
from tests.support.program import RunningServer
from tests.support.project import DOCS, ROOT, read

pytestmark = [
    pytest.mark.smoke,
    pytest.mark.skipif(not shutil.which("curl") and "CI" not in os.environ, reason="the examples use curl"),
]


def list_blocks(page: Path) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)


def paste(page: Path, program: RunningServer, folder: Path) -> str:
    """All that the blocks of the page print, run as one script in ``folder`` against ``program``."""
    script = "\n".join(list_blocks(page)).replace("http://127.0.0.1:8080", program.url).replace(".venv/bin/", "")
    with forked_command() as commands:
        environment = {
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "SHIPLEDGER_DATABASE_URL": f"sqlite:///{program.database}",
            "no_proxy": "127.0.0.1",
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr.strip(), done.stderr
    return done.stdout


def list_answers(output: str) -> list[dict[str, Any]]:
    decoder, answers, rest = json.JSONDecoder(), [], output
    while (start := rest.find("{")) >= 0:
        answer, end = decoder.raw_decode(rest[start:])
        answers.append(answer)
        rest = rest[start + end :]
    return answers


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "somewhere"
    made.mkdir()
    return made


def test_the_first_example_of_the_readme_works(program: RunningServer, folder: Path) -> None:
    printed = paste(ROOT / "README.md", program, folder)
    assert textwrap.indent(printed, "    ") in read(ROOT / "README.md")


def test_every_call_of_the_how_to_for_opsgenie_works(program: RunningServer, folder: Path) -> None:
    answers = list_answers(paste(DOCS / "how-to" / "opsgenie.md", program, folder))
    created, status, by_id, by_external_id, _, _, service, found, _, incident, _, incidents = answers
    assert created["result"] == "Request will be processed"
    assert status["data"]["isSuccess"] is True
    assert by_id["data"]["id"] == by_external_id["data"]["id"] == status["data"]["deploymentId"]
    assert service["result"] == "Created"
    assert [row["id"] for row in found["data"]] == [by_id["data"]["id"]]
    assert incident["data"]["status"] == "Created incident"
    assert [row["id"] for row in incidents["data"]] == [incident["data"]["incidentId"]]


def test_the_commands_that_record_from_a_ci_job_work(program: RunningServer, folder: Path) -> None:
    once, started, failed = list_answers(paste(DOCS / "how-to" / "record-from-ci.md", program, folder))
    assert once["is_success"] is failed["is_success"] is True
    assert once["external_id"] == "build-78"
    assert started["external_id"] == failed["external_id"] == "build-79"


def test_the_calls_that_record_and_read_with_curl_work(program: RunningServer, folder: Path) -> None:
    recorded, several, asked, decided = list_answers(paste(DOCS / "how-to" / "record-with-curl.md", program, folder))
    assert (asked["status"], decided["status"]) == ("awaiting", "allowed")
    assert (recorded["state"], recorded["verdict"]["kind"]) == ("successful", "applied")
    assert [one["state"] for one in several["deployments"]] == ["successful", "failed"]
    failed, shipped = list_answers(paste(DOCS / "how-to" / "read-the-ledger.md", program, folder))
    assert [one["external_id"] for one in failed["deployments"]][-1] == "old-2"
    assert recorded["id"] in [one["id"] for one in shipped["deployments"]]
    assert (folder / "deployments.csv").read_text(encoding="utf-8").startswith("id,external_id,service,")


def test_the_tutorial_for_jira_ends_on_the_page_of_the_issue(program: RunningServer, folder: Path) -> None:
    (answer,) = list_answers(paste(DOCS / "how-to" / "jira.md", program, folder))
    assert answer["acceptedDeployments"] == [
        {"pipelineId": "api-update", "environmentId": "production", "deploymentSequenceNumber": 1}
    ]
    with program.reader() as reader:
        while "API updates" not in (page := reader.get("/issues/EXAMPLE-1").text):
            time.sleep(0.05)
    assert "Releases" in page
