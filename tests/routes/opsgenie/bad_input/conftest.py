"""One server for everything that no honest client sends. It has to survive all of it, and record nothing of it."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.support.server import serving_module


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def target(request, tmp_path_factory, database_template):
    async with serving_module(request.param, tmp_path_factory.mktemp("bad-input"), database_template) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def key(target):
    return await target.issue()


@pytest.fixture
def one_is_recorded():
    """Say that this case is good after all, and records one deployment."""


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_is_recorded(request, target):
    before = await target.count_deployments()
    yield
    expected = 1 if "one_is_recorded" in request.fixturenames else 0
    assert await target.count_deployments() == before + expected
