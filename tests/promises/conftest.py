"""Databases that promises are proven on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.lent_databases import lent_ledger_database


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest, database: Path) -> AsyncIterator[str]:
    """The address of a database of this test's own, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{database}"
    else:
        async with lent_ledger_database() as url:
            yield url
