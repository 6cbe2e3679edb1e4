from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.store.contract import Store
from tests.support.stores import STORES, list_stores


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Settle over both stores where it is marked so: races, faults of the database, and what one statement selects."""
    if "store" in metafunc.fixturenames:
        metafunc.parametrize("store", list_stores(metafunc), indirect=True)


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path) as opened:
        yield opened
