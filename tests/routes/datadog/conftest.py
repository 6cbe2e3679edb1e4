"""A client with both keys."""

from __future__ import annotations

import pytest

from tests.support.datadog import client_of, issue_keys


@pytest.fixture
async def datadog(place):
    async with client_of(place, await issue_keys(place)) as client:
        yield client
