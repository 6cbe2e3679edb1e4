"""``shipledger status``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Commands


@pytest.mark.both_stores
def test_the_store_is_described_and_says_that_no_server_runs(cli: Commands) -> None:
    told = cli("status", "--json").json
    assert (told["process"], told["nodes"], told["backlog"]["pending"], told["organizations"]) == (None, [], 0, 0)
    assert told["store"]["size_bytes"] > 0
    printed = cli("status")
    assert "No server runs." in printed.err
    assert "0 pending, 0 quarantined" in printed.out
    assert told["store"]["backed_up_at"] is None


def test_the_last_backup_is_known(cli: Commands, tmp_path: Path) -> None:
    cli("organization", "create", "acme")
    cli("backup", str(tmp_path / "copy.db"))
    assert cli("status", "--json").json["store"]["backed_up_at"]
    assert "not known" not in cli("status").out
