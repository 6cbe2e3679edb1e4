"""``shipledger status``."""

from __future__ import annotations

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
