"""Fixtures of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Commands


@pytest.fixture
def cli(database: Path) -> Commands:
    """The command line over a database of this test's own."""
    return Commands(database)
