"""A client with both keys."""

from __future__ import annotations

import pytest

from tests.support.datadog import client_of, issue_keys


@pytest.fixture
async def datadog(server):
    async with client_of(server, await issue_keys(server)) as client:
        yield client
