"""A client with a good token."""

from __future__ import annotations

import pytest

from tests.support.jira_clients import connect_client


@pytest.fixture
async def jira(server):
    async with await connect_client(server) as client:
        yield client
