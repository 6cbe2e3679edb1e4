"""What people see on the pages of what was reported through this API."""

from __future__ import annotations

import time

import pytest

from tests.support.datadog import DORA, STARTED, create_body
from tests.support.site import Html

CREATE = f"{DORA}/deployment"


async def page_of(client, **changes):
    """The page of a deployment that is created here."""
    created = await client.post(CREATE, json=create_body(**changes))
    assert created.status_code == 200, created.text
    return Html((await client.get(f"/deployments/{created.json()['data']['id']}")).text)


@pytest.mark.parametrize(
    "seconds, words",
    [(0, "Duration not measured"), (1, "Duration not measured"), (2, "Duration 2 s"), (300, "Duration 5 min")],
)
async def test_a_duration_under_two_seconds_is_shown_as_not_measured(datadog, seconds, words):
    assert words in (await page_of(datadog, finished_at=STARTED + seconds)).text


@pytest.mark.parametrize("seconds, is_flagged", [(200, False), (400, True)])
async def test_a_time_more_than_five_minutes_after_its_arrival_is_kept_and_flagged(datadog, seconds, is_flagged):
    ahead = int(time.time()) + seconds
    page = await page_of(datadog, started_at=ahead - 60, finished_at=ahead)
    assert ("Clock skew." in page.text) is is_flagged
    assert "Clock problem." not in page.text
