from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.store.contract import Store
from tests.support.stores import STORES, pooled_store

POOLED = "postgres through pgbouncer"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run over both stores, and where it is marked so through PgBouncer, too: one test of each mechanism."""
    if "store" in metafunc.fixturenames:
        pooled = [POOLED] if metafunc.definition.get_closest_marker("pooled") else []
        metafunc.parametrize("store", [*STORES, *pooled], indirect=True)


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    make = pooled_store if request.param == POOLED else STORES[request.param]
    async with make(tmp_path) as opened:
        yield opened
