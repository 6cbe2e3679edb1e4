from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.store.contract import Store
from tests.support.stores import STORES, pooled_store

POOLED = "postgres through pgbouncer"
ALSO_POOLED = ("test_settlement", "test_lifecycle", "test_maintenance", "test_nodes")
"""Where transactions, cursors, locks and settings of a connection could matter: these run through PgBouncer, too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        pooled = [POOLED] if metafunc.module.__name__.rpartition(".")[2] in ALSO_POOLED else []
        metafunc.parametrize("store", [*STORES, *pooled], indirect=True)


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    make = pooled_store if request.param == POOLED else STORES[request.param]
    async with make(tmp_path) as opened:
        yield opened
