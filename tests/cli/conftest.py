"""Fixtures of the command line's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from shipledger.store.open import open_store
from tests.support.commands import Commands
from tests.support.pen import Pen, new_pen

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)

Write = Callable[[Callable[[Pen], Awaitable[T]]], T]


@pytest.fixture
def cli(database: Path) -> Commands:
    """The command line over a database of this test's own."""
    return Commands(database)


@pytest.fixture
def write(database: Path) -> Write:
    """Runs a function with a pen for the default organization, which must not exist yet."""

    def run(work: Callable[[Pen], Awaitable[T]]) -> T:
        async def with_pen() -> T:
            store = await open_store(f"sqlite:///{database}")
            try:
                return await work(await new_pen(store, now=NOW))
            finally:
                await store.close()

        return asyncio.run(with_pen())

    return run
