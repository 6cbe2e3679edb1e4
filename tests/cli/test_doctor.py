"""``shipledger doctor``: what is wrong, and what to do."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shipledger.cli.checkup import Finding, Level, check_disk, check_file_system, check_permissions
from tests.support.commands import Commands
from tests.support.lent_databases import borrowed_ledger_database
from tests.support.server import files_of

NOW = datetime.now(UTC)


@pytest.fixture
def cli(database: Path) -> Commands:
    """The command line over a file: a PostgreSQL of tests is made to be quick, and the doctor notices."""
    return Commands(database)


def examine(cli: Commands, code: int = 0, **environment: str) -> dict[str, dict[str, Any]]:
    """Findings by subject; of several on one subject the last."""
    examined = cli("doctor", "--json", code=code, environment=environment).json
    assert examined["is_healthy"] == (code == 0)
    return {finding["subject"]: finding for finding in examined["findings"]}


def test_a_healthy_installation_has_no_problem(cli: Commands) -> None:
    cli("credential", "create", "opsgenie", "--name", "CI")

    findings = examine(cli)

    assert {finding["level"] for finding in findings.values()} == {"ok"}
    installation = {"settings", "pages", "disk", "permissions", "clock", "git"}
    assert set(findings) == installation | {"database", "write", "backlog", "credentials", "integrity", "records"}


def test_for_a_person_each_finding_is_a_line_and_its_advice_another(cli: Commands) -> None:
    told = cli("doctor").out

    assert "warning  credentials" in told
    assert "→ shipledger credential create opsgenie --name NAME" in told


def test_a_database_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    database = tmp_path / "none.db"

    assert examine(Commands(database), code=1)["database"]["advice"].startswith("`shipledger serve` creates one")
    assert not database.exists()


def test_a_file_of_another_program_is_a_problem(tmp_path: Path) -> None:
    database = tmp_path / "other.db"
    database.write_bytes(b"no database " * 1_000)

    assert examine(Commands(database), code=1)["database"]["level"] == "problem"


def test_a_postgresql_that_a_power_cut_may_destroy_is_a_problem(tmp_path: Path) -> None:
    with borrowed_ledger_database() as url:
        findings = examine(Commands(url, **files_of(url, tmp_path)), code=1)

    assert findings["server"]["sentence"].endswith("a crash of the database machine may corrupt the database.")
    assert {name: one["level"] for name, one in findings.items() if one["level"] != "ok"} == {
        "server": "problem",
        "credentials": "warning",
    }
    assert findings.keys() >= {"settings", "pages", "database", "write", "clock", "backlog", "git"}


def test_a_setting_that_does_not_fit_is_a_problem(cli: Commands) -> None:
    assert "port" in examine(cli, code=1, SHIPLEDGER_PORT="eighty")["settings"]["sentence"]


def test_a_misspelt_setting_is_pointed_out(cli: Commands) -> None:
    told = cli("doctor", environment={"SHIPLEDGER_PAEGS": "off"}).out

    assert "SHIPLEDGER_PAEGS is not a setting" in told


@pytest.mark.parametrize(
    "value,level,words",
    [
        ("on", "ok", "shipledger user list"),
        ("off", "ok", "are off"),
        ("loopback", "warning", "the old value"),
        ("everyone", "warning", "the old value"),
    ],
)
def test_it_says_how_the_pages_are_opened_and_what_to_write_instead_of_an_old_value(
    cli: Commands, value: str, level: str, words: str
) -> None:
    found = examine(cli, SHIPLEDGER_PAGES=value)["pages"]

    assert found["level"] == level
    assert words in found["sentence"]


def test_a_file_that_others_may_read_is_pointed_out(cli: Commands, database: Path) -> None:
    database.chmod(0o644)

    assert examine(cli)["permissions"]["advice"] == f"chmod 600 {database}"


def test_the_advice_on_permissions_is_a_command_that_a_shell_runs_as_it_stands(tmp_path: Path) -> None:
    database = tmp_path / "the team's $HOME ledger.db"
    database.touch(mode=0o644)

    subprocess.run(["sh", "-c", check_permissions(database).advice], check=True)

    assert database.stat().st_mode & 0o777 == 0o600


def test_a_file_with_another_name_is_pointed_out(cli: Commands, database: Path) -> None:
    database.with_name("other.db").hardlink_to(database)

    assert "a hard link" in examine(cli)["names"]["sentence"]


def test_a_backlog_that_nobody_works_on_and_a_quarantine_are_problems(cli: Commands, write) -> None:
    async def leave_behind(pen) -> None:
        await pen.leave_pending(at=NOW - timedelta(hours=1))
        await pen.quarantine(at=NOW - timedelta(hours=2), failure="KeyError")

    write(leave_behind)

    findings = examine(cli, code=1)
    assert "1 receipts are pending" in findings["backlog"]["sentence"]
    assert "shipledger receipts replay" in findings["quarantine"]["advice"]


def test_what_has_just_arrived_is_no_backlog(cli: Commands, write) -> None:
    write(lambda pen: pen.leave_pending(at=datetime.now(UTC)))  # NOW is old when this test comes late in a long run

    assert examine(cli)["backlog"]["level"] == "ok"


def test_a_clock_behind_the_newest_receipt_is_a_problem(cli: Commands, write) -> None:
    write(lambda pen: pen.record(at=NOW + timedelta(days=1)))

    assert examine(cli, code=1)["clock"]["level"] == "problem"


@pytest.mark.parametrize("free_bytes, level", [(10**8, Level.PROBLEM), (10**9, Level.WARNING), (10**10, Level.OK)])
def test_a_disk_that_fills_up_is_pointed_out_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_bytes: int, level: Level
) -> None:
    usage = SimpleNamespace(free=free_bytes)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    assert check_disk(tmp_path).level is level


def test_a_network_file_system_is_a_problem_and_a_local_one_within_it_is_none() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nnas:/x /mnt/nas nfs4 rw 0 0\n/dev/sdb1 /mnt/nas/local xfs rw 0 0\n"

    def levels(folder: str) -> list[Level]:
        return [finding.level for finding in check_file_system(Path(folder), mounts)]

    assert levels("/mnt/nas/ledger") == [Level.PROBLEM]
    assert levels("/mnt/nas/local/ledger") == []
    assert levels("/var/lib") == []
    assert list(check_file_system(Path("/var/lib"), "")) == []


def test_a_finding_without_advice_leaves_it_out() -> None:
    assert Finding(subject="disk", level=Level.OK, sentence="x").advice == ""
