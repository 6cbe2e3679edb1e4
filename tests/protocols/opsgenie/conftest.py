from __future__ import annotations

import httpx
import pytest

from tests.protocols.opsgenie.fake_ledger import FakeLedger, application


@pytest.fixture
def ledger():
    return FakeLedger()


@pytest.fixture
async def client(ledger):
    transport = httpx.ASGITransport(application(ledger))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://ledger.test", headers={"Authorization": "GenieKey key"}
    ) as opened:
        yield opened
