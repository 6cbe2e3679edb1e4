"""Fixtures for the tests of the Opsgenie API."""

from __future__ import annotations

import pytest


@pytest.fixture
async def impatient(serve):
    """A client of a server where no update waits for the create of its deployment."""
    async with serve(update_wait_seconds=0) as server, server.client(await server.issue()) as client:
        yield client
