"""One server for all calls about incidents of a module: each test makes incidents of its own."""

from __future__ import annotations

import itertools

import pytest

from tests.support.opsgenie import created_service

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def ledger(shared_server):
    return shared_server


@pytest.fixture(scope="module")
async def client(ledger):
    async with ledger.client(await ledger.issue()) as client:
        yield client


@pytest.fixture
async def service(client):
    """The id of a service that nothing else uses."""
    return await created_service(client, f"Service {next(_numbers)}")
