"""One server for all calls about incidents of a module: each test makes incidents of its own."""

from __future__ import annotations

import itertools

import pytest_asyncio

from tests.support.opsgenie import created_service
from tests.support.server import serving_module

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def ledger(request, tmp_path_factory, database_template):
    async with serving_module(request.param, tmp_path_factory.mktemp("incidents"), database_template) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(ledger):
    async with ledger.client(await ledger.issue()) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def service(client):
    """The id of a service that nothing else uses."""
    return await created_service(client, f"Service {next(_numbers)}")
