"""The lines that take the ledger of ``make run`` to PostgreSQL, pasted as they stand in the how-to."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Commands
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.postgres import shared_server
from tests.support.program import PROGRAM, RunningServer
from tests.support.project import DOCS, ROOT, read
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

DEPLOYMENTS = 10
FIRST, LAST = "OWNER=alice\n", "rm -r "
PAGE = DOCS / "how-to" / "postgresql.md"
STAND_INS = """
runuser() {{
  [ "$1 $2 $3" = '--login alice --command' ] && HOME='{home}' bash -euo pipefail -c "$4"
}}
install() {{
  local kept=()
  while [ $# -gt 0 ]; do case "$1" in -o) shift 2 ;; *) kept+=("$1"); shift ;; esac; done
  command install "${{kept[@]}}"
}}
chown() {{ [ "$1" = alice ]; }}
shipledger() {{ '{program}' "$@"; }}
"""
"""What asks for other users of the machine: theirs is a home of its own, and what they own is not checked."""


def lines_of(page: Path) -> str:
    """The lines, from the user's name to what is taken away again."""
    text = read(page)
    begin = text.index(FIRST)
    return text[begin : text.index("\n", text.index(LAST, begin)) + 1]


@pytest.fixture
def target() -> Iterator[str]:
    """The address of an empty database."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(shared_server().new_database()))
        runner.run(stack.aclose())


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[RunningServer]:
    """Alice's ``make run``, killed, so that its newest changes are in the second file alone."""
    database = tmp_path / "alice" / ".local" / "share" / "shipledger" / "shipledger.db"
    database.parent.mkdir(parents=True)
    server = RunningServer(tmp_path, database=database)
    try:
        server.start()
        headers = {"Authorization": f"GenieKey {server.credential()}"}
        with httpx2.Client(base_url=server.url, headers=headers, timeout=30, trust_env=False, verify=no_certificates()) as client:
            for number in range(DEPLOYMENTS):
                answer = client.post("/v2/deployments", json=create_body(externalId=f"build-{number}"))
                assert answer.status_code == 202, answer.text
                status = client.get(f"/v2/deployments/requests/{answer.json()['requestId']}")
                assert status.status_code == 200, status.text
        server.kill()
        yield server
    finally:
        server.close()


def test_all_of_a_killed_ledger_arrives_with_its_key(killed: RunningServer, target: str, tmp_path: Path) -> None:
    assert killed.database.with_name("shipledger.db-wal").stat().st_size > 0
    settings = tmp_path / "node.env"
    settings.write_bytes((ROOT / "deploy" / "systemd" / "node.env.example").read_bytes())
    (tmp_path / "root").mkdir()
    lines = lines_of(PAGE)
    for shipped, here in {
        "/opt/shipledger/.venv/bin/shipledger": str(PROGRAM),
        "/etc/shipledger/node.env": str(settings),
        "/var/lib/shipledger": str(tmp_path / "service"),
        "postgresql://shipledger@/shipledger?host=/run/postgresql": target,
    }.items():
        assert shipped in lines
        lines = lines.replace(shipped, here)
    script = STAND_INS.format(home=tmp_path / "alice", program=PROGRAM) + lines
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, "HOME": str(tmp_path / "root"), "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(target, "SELECT count(*) FROM deployment") == [(DEPLOYMENTS,)]
    [key] = [line.partition("=")[2] for line in settings.read_text().splitlines() if line.startswith("SHIPLEDGER_TOKEN_KEY=")]
    moved = Commands(target, token_key=key)("link", "--url", killed.url).out.strip()
    assert moved == killed.link
    assert not list((tmp_path / "service").glob("*.db*"))
