"""A client with a good token."""

from __future__ import annotations

import pytest

from tests.support.native import client_of, issue_token


@pytest.fixture
async def native(place):
    async with client_of(place, await issue_token(place)) as client:
        yield client
