"""A client with a good token."""

from __future__ import annotations

import pytest

from tests.support.iftrue import client_of, issue_token


@pytest.fixture
async def iftrue(server):
    _, token = await issue_token(server)
    async with client_of(server, token) as client:
        yield client
