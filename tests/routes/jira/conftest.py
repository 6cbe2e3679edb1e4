"""A client with a good token."""

from __future__ import annotations

import pytest

from tests.support.jira_clients import connect_client


@pytest.fixture
async def jira(place):
    async with await connect_client(place) as client:
        yield client
