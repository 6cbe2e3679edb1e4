"""A clock that is set back or forward, by hand or by NTP, loses nothing and reorders nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.support.opsgenie import create_body, created, get, settled
from tests.support.server import serving

HOUR = 3_600
DAY = 24 * HOUR
TOKEN_KEY = "a-key-for-a-database-without-a-folder"


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the machine's clock ahead of the real one by so many seconds, for the program alone."""
    real, offset = time.time_ns, [0.0]
    monkeypatch.setattr("shipledger.clock.time.time_ns", lambda: real() + int(offset[0] * 1e9))

    def set_clock(seconds: float) -> None:
        offset[0] = seconds

    return set_clock


@pytest.mark.parametrize("seconds", [-HOUR, -DAY * 400, HOUR, DAY * 400])
async def test_reports_count_in_the_order_in_which_they_came_however_the_clock_is_set(
    database_url: str, step: Callable[[float], None], seconds: float
):
    ids = []
    async with serving(database_url, token_key=TOKEN_KEY) as server:
        key = await server.issue()
        async with server.client(key) as client:
            await created(client, externalId="one", message="first")
            step(seconds)
            for message in ("second", "third"):
                answer = await client.patch("/v2/deployments/one/update?type=api", json={"message": message})
                ids.append(answer.json()["requestId"])
                assert (await settled(client, ids[-1]))["isSuccess"]
            assert (await get(client, "one", type="api"))["message"] == "third"
    async with serving(database_url, token_key=TOKEN_KEY) as again, again.client(key) as client:
        answer = await client.patch("/v2/deployments/one/update?type=api", json={"message": "after a restart"})
        ids.append(answer.json()["requestId"])
        assert (await settled(client, ids[-1]))["isSuccess"]
        step(0)
        answer = await client.patch("/v2/deployments/one/update?type=api", json={"message": "last"})
        assert (await settled(client, answer.json()["requestId"]))["isSuccess"]
        assert (await get(client, "one", type="api"))["message"] == "last"
        assert ids == sorted(ids)
        assert (await client.get("/readyz")).status_code == 200
        answer = await client.post("/v2/deployments", json=create_body(externalId="two"))
        assert (await settled(client, answer.json()["requestId"]))["isSuccess"]
