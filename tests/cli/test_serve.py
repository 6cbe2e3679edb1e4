"""``shipledger serve``, as a process of its own."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from shipledger.serving import STARTED_BY
from tests.support.commands import Commands
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer
from tests.support.project import ROOT, read


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One for all tests here: none of them stops it."""
    running = RunningServer(tmp_path_factory.mktemp("serve"))
    try:
        running.start()
        yield running
    finally:
        running.close()


def test_it_makes_its_database_says_where_it_serves_and_how_the_first_account_is_created(program: RunningServer) -> None:
    assert program.database.exists()
    told = program.out.read_text()
    assert f"Shipledger serves {program.url}\n" in told
    assert f" {program.link}\n" in told
    assert program.link.startswith(f"{program.url}/")
    assert program.run_here("link", "--url", program.url).out == f"{program.link}\n"
    with httpx2.Client(base_url=program.url, trust_env=False, verify=no_certificates()) as browser:
        assert browser.get("/deployments").headers["Location"] == "/login?next=%2Fdeployments"
        assert "Create the first administrator" in browser.get(program.link).text
    with program.reader() as browser:
        assert browser.get("/deployments").status_code == 200
        assert browser.get(program.link).status_code == 404
    assert "accounts" in program.run_here("link", "--url", program.url, code=1).err


def test_the_link_is_left_out_on_request_a_former_value_of_the_setting_told_and_sigterm_obeyed(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, arguments=("--no-link", "--pages", "everyone"), is_forked=False)
    try:
        server.start()
        assert "link=" not in server.out.read_text() + server.log.read_text()
        assert "`shipledger link` prints the link" in server.log.read_text()
        assert "has the old value 'everyone'" in server.log.read_text()
        assert httpx2.get(server.url, trust_env=False, verify=no_certificates()).headers["Location"] == "/login"
        assert server.terminate() == 0
    finally:
        server.close()


def test_it_is_alive_ready_and_measured(program: RunningServer) -> None:
    with httpx2.Client(base_url=program.url, trust_env=False, verify=no_certificates()) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json()["ready"] is True
        assert "shipledger_receipts_accepted" in client.get("/metrics").text


def test_a_port_that_is_taken_ends_with_3_and_says_so(program: RunningServer, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    failed = program.run("serve", "--port", str(program.port), "--database", other, check=False)

    assert failed.returncode == 3
    assert "Use another port: add --port " in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_second_server_on_one_database_is_refused(program: RunningServer) -> None:
    failed = program.run("serve", "--port", "0", check=False)

    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr


def test_a_setting_that_does_not_fit_ends_with_2(cli: Commands) -> None:
    assert "pages" in cli("serve", "--pages", "nobody", code=2).err


def test_a_command_that_writes_may_run_meanwhile(program: RunningServer) -> None:
    key = program.credential()

    answer = httpx2.get(
        f"{program.url}/v1/services", headers={"Authorization": f"GenieKey {key}"}, trust_env=False, verify=no_certificates()
    )
    assert answer.status_code == 200


def test_a_revoked_key_is_refused_within_a_few_seconds(program: RunningServer) -> None:
    made = program.create_credential("opsgenie")
    headers = {"Authorization": f"GenieKey {made['api_key']}"}
    with httpx2.Client(base_url=program.url, headers=headers, trust_env=False, verify=no_certificates()) as client:
        assert client.get("/v1/services").status_code == 200
        program.run_here("credential", "revoke", made["id"])
        statuses = []
        while client.get("/v1/services").status_code != 401:
            statuses.append(200)
            time.sleep(0.1)
            assert len(statuses) < 40


@pytest.mark.parametrize(
    "environment, words",
    [({}, "Use another port: add --port "), ({STARTED_BY: "make run"}, "Use another port: make run ARGS='--port ")],
)
def test_a_taken_port_is_refused_with_a_command_that_works_however_it_was_started(
    tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = Commands(tmp_path / "x.db")("serve", "--port", str(port), environment=environment, code=3).err
    assert f"Cannot listen on 127.0.0.1 port {port}: another program uses it. {words}" in said
    assert said.count("\n") == 1


def test_the_makefile_says_what_was_typed() -> None:
    makefile = read(ROOT / "Makefile")
    assert all(f"\t@{STARTED_BY}='make {target}' exec $(RUN)/shipledger " in makefile for target in ("run", "demo"))
