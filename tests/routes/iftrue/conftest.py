"""A client with a good token."""

from __future__ import annotations

import pytest

from tests.support.iftrue import client_of, issue_token


@pytest.fixture
async def iftrue(place):
    _, token = await issue_token(place)
    async with client_of(place, token) as client:
        yield client
