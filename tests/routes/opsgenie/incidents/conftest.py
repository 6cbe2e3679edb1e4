"""One server for all calls about incidents of a module: each test makes incidents of its own."""

from __future__ import annotations

import asyncio
import itertools

import pytest_asyncio

from tests.support.opsgenie import created_service
from tests.support.server import serving

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ledger(tmp_path_factory, database_template):
    database = tmp_path_factory.mktemp("incidents") / "shipledger.db"
    await asyncio.to_thread(lambda: database.write_bytes(database_template.read_bytes()))
    async with serving(database) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(ledger):
    async with ledger.client(await ledger.issue()) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def service(client):
    """The id of a service that nothing else uses."""
    return await created_service(client, f"Service {next(_numbers)}")
