"""A failure that is told again with another start or end."""

from __future__ import annotations

from tests.support.datadog import DORA, STARTED, failure_body

CREATE = f"{DORA}/failure"


async def tell(client, **attributes):
    return await client.post(CREATE, json=failure_body(id="incident-0000000000001", **attributes))


async def read(client):
    return (await client.get(f"{DORA}/failures/incident-0000000000001")).json()["data"]["attributes"]


async def test_a_start_after_the_known_finish_opens_the_failure_again(datadog):
    assert (await tell(datadog, finished_at=STARTED + 60)).status_code == 200
    assert (await read(datadog))["finished_at"] == "2026-03-05T10:01:00Z"
    assert (await tell(datadog, started_at=STARTED + 600)).status_code == 200
    again = await read(datadog)
    assert again["started_at"] == "2026-03-05T10:10:00Z"
    assert "finished_at" not in again
    assert (await tell(datadog, started_at=STARTED + 600, finished_at=STARTED + 660)).status_code == 200
    assert (await read(datadog))["finished_at"] == "2026-03-05T10:11:00Z"


async def test_a_start_before_the_known_finish_leaves_it(datadog):
    await tell(datadog, finished_at=STARTED + 60)
    await tell(datadog, started_at=STARTED + 30)
    known = await read(datadog)
    assert (known["started_at"], known["finished_at"]) == ("2026-03-05T10:00:30Z", "2026-03-05T10:01:00Z")


async def test_a_finish_before_the_start_of_one_report_is_refused(datadog):
    assert (await tell(datadog, finished_at=STARTED - 1)).status_code == 400
