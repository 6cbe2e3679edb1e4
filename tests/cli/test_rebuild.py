"""``shipledger rebuild`` and ``shipledger verify``: what is shown is what was recorded."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipledger.ledger.history import RULES
from shipledger.ledger.state import State
from shipledger.store.file_marks import begin_mark, list_marks
from shipledger.store.installation.unfinished_contract import REBUILD
from shipledger.store.server_lock import server_lock
from tests.support.commands import Commands
from tests.support.pen import STAGING, Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

DAMAGE = {
    "a deployment is missing": "DELETE FROM deployment WHERE environment_id = 'staging-eu'",
    "a document was changed": "UPDATE deployment SET document = replace(document, 'Release', 'Rollback')",
    "a column was changed": "UPDATE deployment SET state = 'failed' WHERE state = 'successful'",
    "a version was changed": "UPDATE deployment SET version = version + 1",
    "an alias was removed": "DELETE FROM deployment_alias WHERE is_identity = 1",
    "a release was changed": "UPDATE deployment_release SET commit_id = 'other'",
    "a release was removed": "DELETE FROM deployment_release",
}


async def record_some(pen: Pen) -> str:
    """Several deployments; the id of one that was changed twice."""
    for number in range(12):
        await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}", external_id=f"build-{number}")
    _, verdict = await pen.record(
        at=NOW, state=State.IN_PROGRESS, environment=STAGING, title="Release S", releases=(("github.com/acme/shop", "abc"),)
    )
    deployment_id = verdict.deployment_id or ""
    await pen.change(deployment_id, State.SUCCESSFUL, at=NOW + timedelta(hours=20))
    await pen.amend(deployment_id, at=NOW + timedelta(hours=21), title="Release S, amended")
    return deployment_id


def run_sql(database: Path, statement: str, *parameters: str) -> None:
    """Do what no program of ours would do."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        assert connection.execute(statement, parameters).rowcount > 0
    connection.close()


def test_a_ledger_that_nobody_touched_is_proven_by_equal_hashes(cli: Commands, write) -> None:
    write(record_some)

    verified = cli("verify", "--json").json

    assert verified["damage"] == []
    found = verified["verification"]
    assert (found["deployments"], found["entries"], found["was_quiet"]) == (13, 15, True)
    assert {one["table"] for one in found["digests"]} == {
        "deployment",
        "deployment_alias",
        "deployment_release",
        "deployment_token",
        "gate",
        "gate_alias",
        "incident",
        "incident_alias",
        "incident_token",
        "ignoring",
        "ignoring_alias",
        "issuance",
        "issuance_alias",
        "webhook",
        "webhook_alias",
        "issue_standing",
        "lane",
        "member",
        "member_alias",
        "service",
        "setting",
        "setting_alias",
        "pull_request",
        "pull_request_alias",
        "pull_request_commit",
        "pull_request_token",
        "named_repository",
        "repository_link",
        "repository_name",
        "service_alias",
        "service_name",
        "service_relation",
        "service_repository",
        "tier_policy",
        "tier_policy_alias",
    }
    assert all(one["stored"] == one["computed"] for one in found["digests"])
    assert "13 deployments match their 15 entries, proven by hash." in cli("verify").out


@pytest.mark.both_stores
def test_rebuilding_gives_the_same_content(cli: Commands, write) -> None:
    write(record_some)
    before = cli("verify", "--json").json["verification"]["digests"]

    assert cli("rebuild", "--json").json == {"entries": 15, "deployments": 13, "removed": 0, "erased": 0, "damaged": 0}

    assert cli("verify", "--json").json["verification"]["digests"] == before


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_reported_line_by_line_and_mended_by_a_rebuild(cli: Commands, write, database: Path, statement: str) -> None:
    write(record_some)
    run_sql(database, statement)

    damaged = cli("verify", code=1)
    assert any(": " in line for line in damaged.out.splitlines())
    assert "shipledger rebuild" in damaged.err
    assert cli("verify", "--json", code=1).json["damage"]

    cli("rebuild")
    assert cli("verify", "--json").json["damage"] == []


def test_a_damaged_deployment_is_named(cli: Commands, write, database: Path) -> None:
    deployment_id = write(record_some)
    run_sql(
        database,
        "UPDATE deployment SET document = replace(document, 'amended', 'forged') WHERE deployment_id = ?",
        deployment_id,
    )

    damage = cli("verify", "--json", code=1).json["damage"]

    assert ("deployment", deployment_id) in {(one["table"], one["key"]) for one in damage}
    assert "facts" in next(one["sentence"] for one in damage if one["key"] == deployment_id)


def test_a_deployment_without_entries_is_found_and_goes_with_a_rebuild(cli: Commands, write, database: Path) -> None:
    deployment_id = write(record_some)
    run_sql(database, "DELETE FROM entry WHERE deployment_id = ?", deployment_id)

    assert deployment_id in cli("verify", code=1).out
    cli("rebuild")
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM deployment").fetchone() == (12,)
    connection.close()


def test_a_missing_entry_is_damage_that_a_rebuild_cannot_mend(cli: Commands, write, database: Path) -> None:
    deployment_id = write(record_some)
    run_sql(database, "DELETE FROM entry WHERE deployment_id = ? AND version = 2", deployment_id)

    assert deployment_id in cli("verify", code=1).out
    rebuilt = cli("rebuild", "--json", code=1)
    assert rebuilt.json["damaged"] == 1
    assert f"entry {deployment_id}: Entry 2 is missing" in rebuilt.err
    cli("verify", code=1)


def test_verify_changes_nothing(cli: Commands, write, database: Path) -> None:
    write(record_some)
    cli("verify")
    before = database.read_bytes()

    cli("verify")

    assert database.read_bytes() == before


def test_a_rebuild_refuses_while_a_server_runs(cli: Commands, write, database: Path) -> None:
    write(record_some)
    with server_lock(f"sqlite:///{database}"):
        refused = cli("rebuild", code=1)
        assert "stop it" in refused.err
        cli("verify")


def test_an_empty_ledger_is_whole(cli: Commands) -> None:
    assert cli("verify", "--json").json["verification"]["entries"] == 0
    assert cli("rebuild", "--json").json == {"entries": 0, "deployments": 0, "removed": 0, "erased": 0, "damaged": 0}


def test_after_an_interrupted_rebuild_no_server_starts_until_it_is_done_again(cli: Commands, write, database: Path) -> None:
    write(record_some)
    marker = database.with_name("shipledger.db.rebuilding")
    begin_mark(database, REBUILD, "")
    assert marker.exists()

    assert "run `shipledger rebuild` again" in cli("serve", "--port", "0", code=1).err
    assert "rebuild" in {finding["subject"] for finding in cli("doctor", "--json", code=1).json["findings"]}

    cli("rebuild")
    assert not marker.exists()


def test_the_mark_is_there_while_projections_are_not(cli: Commands, write, database: Path, monkeypatch) -> None:
    write(record_some)

    async def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shipledger.store.sqlite.store.SqliteStore.save_projections", fail)
    cli("rebuild", code=130)

    assert [mark.name for mark in list_marks(database)] == [REBUILD]


def test_differences_of_another_versions_projections_are_not_called_damage(cli: Commands, write, database: Path) -> None:
    write(record_some)
    run_sql(database, DAMAGE["a column was changed"])
    for rules, is_said in ((RULES - 1, True), (RULES, False)):
        run_sql(database, "UPDATE projection_rules SET revision = ?", str(rules))
        assert ("Another version made these projections" in cli("verify", code=1).err) is is_said
