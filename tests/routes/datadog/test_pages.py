"""What people see on the pages of what was reported through this API."""

from __future__ import annotations

import time

import pytest

from tests.support.datadog import DORA, STARTED, create_body, failure_body, patch_body
from tests.support.site import Html

pytestmark = pytest.mark.usefixtures("server")  # pages show one organization: that of a server of the test's own

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


FAILED, REMEDY = "failed-000000000001", "remedy-000000000001"


async def test_a_remediation_becomes_a_link_both_ways_when_its_deployment_appears(datadog):
    await datadog.post(CREATE, json=create_body(id=FAILED))
    for how in ({"id": REMEDY}, {"version": "v2"}):
        marked = patch_body(FAILED, change_failure=True, remediation={"type": "rollback", **how})
        assert (await datadog.patch(f"{DORA}/deployments/{FAILED}", json=marked)).status_code == 202
        await datadog.delete(f"{DORA}/deployments/{REMEDY}")
        page = Html((await datadog.get(await path_of(datadog, FAILED))).text)
        assert "the time to recovery is unknown" in page.text
        times = {"started_at": STARTED + 3000, "finished_at": STARTED + 3600}
        await datadog.post(CREATE, json=create_body(id=REMEDY, version="V2", **times))
        page = Html((await datadog.get(await path_of(datadog, FAILED))).text)
        assert await path_of(datadog, REMEDY) in page.links()
        assert "recovered after 55 min" in page.text
        back = Html((await datadog.get(await path_of(datadog, REMEDY))).text)
        assert await path_of(datadog, FAILED) in back.links()
        assert "rollback of" in back.text


async def path_of(client, given_id):
    """The address of the page of a deployment with an id of this API."""
    listed = Html((await client.get("/deployments")).text)
    for path in {link for link in listed.links() if link.startswith("/deployments/")}:
        if f"External id {given_id}" in Html((await client.get(path)).text).text:
            return path
    raise AssertionError(f"no page shows {given_id}")


@pytest.mark.parametrize("seconds, is_flagged", [(200, False), (400, True)])
async def test_a_time_more_than_five_minutes_after_its_arrival_is_kept_and_flagged(datadog, seconds, is_flagged):
    ahead = int(time.time()) + seconds
    page = await page_of(datadog, started_at=ahead - 60, finished_at=ahead)
    assert ("Clock skew." in page.text) is is_flagged
    assert "Clock problem." not in page.text


@pytest.mark.parametrize("name", ["started_at", "finished_at"])
@pytest.mark.parametrize("seconds, is_flagged", [(200, False), (400, True)])
async def test_a_failure_that_is_dated_after_its_arrival_is_flagged(datadog, name, seconds, is_flagged):
    made = await datadog.post(f"{DORA}/failure", json=failure_body(**{name: int(time.time()) + seconds}))
    page = Html((await datadog.get(f"/incidents/{made.json()['data']['id']}")).text)
    assert ("Clock skew." in page.text) is is_flagged
