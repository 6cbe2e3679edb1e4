"""``shipledger database distribute`` where there is no Citus; docs/scaling.md tells what it did where there was one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.commands import Commands
from tests.support.postgres import new_ledger_database


@pytest.fixture
def target() -> Iterator[str]:
    """The address of a ledger."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(new_ledger_database()))
        runner.run(stack.aclose())


@pytest.mark.both_stores
def test_without_citus_it_says_what_is_missing_and_changes_nothing(cli: Commands, target: str) -> None:
    refused = cli("database", "distribute", "--database", target, code=3)
    assert refused.err.startswith("shipledger: Citus is not installed. Install it on every node")
    assert cli("verify", "--database", target, "--json").json["damage"] == []


def test_a_file_is_not_distributed(cli: Commands, database: Path) -> None:
    assert "shipledger move" in cli("database", "distribute", code=2).err
