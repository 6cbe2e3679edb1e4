from __future__ import annotations

import httpx2
import pytest

from tests.protocols.opsgenie.fake_ledger import FakeLedger, application


@pytest.fixture
def ledger():
    return FakeLedger()


@pytest.fixture
async def client(ledger):
    transport = httpx2.ASGITransport(application(ledger))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://ledger.test", headers={"Authorization": "GenieKey key"}
    ) as opened:
        yield opened
