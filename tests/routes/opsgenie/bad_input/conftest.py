"""One server for everything that no honest client sends. It has to survive all of it, and record nothing of it."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def target(shared_server):
    return shared_server


@pytest.fixture(scope="module")
async def key(target):
    return await target.issue()


@pytest.fixture
def one_is_recorded():
    """Say that this case is good after all, and records one deployment."""


@pytest.fixture(autouse=True)
async def nothing_is_recorded(request, target):
    before = await target.count_deployments()
    yield
    expected = 1 if "one_is_recorded" in request.fixturenames else 0
    assert await target.count_deployments() == before + expected
