"""What people see on the page of a deployment that was reported through this API."""

from __future__ import annotations

import pytest

from tests.support.iftrue import TARGET, report
from tests.support.site import Html

pytestmark = pytest.mark.usefixtures("server")  # pages show one organization: that of a server of the test's own


async def page_of(client, **changes):
    """The page of a deployment that is reported here."""
    record = (await client.post(TARGET, json=report(**changes))).json()
    return Html((await client.get(f"/deployments/{record['id']}")).text)


@pytest.mark.parametrize("minutes, is_doubtful", [(1440, False), (1441, True), (1220, False)])
async def test_more_than_a_day_is_recorded_as_sent_and_marked_as_doubtful(iftrue, minutes, is_doubtful):
    record = (await iftrue.post(TARGET, json=report(deployment_duration=minutes))).json()
    assert record["deployment_duration"] == minutes * 60
    page = Html((await iftrue.get(f"/deployments/{record['id']}")).text)
    assert ("Doubtful duration." in page.text) is is_doubtful


async def test_without_a_duration_it_is_not_measured_rather_than_zero(iftrue):
    assert "Duration not measured" in (await page_of(iftrue)).text


async def test_a_short_duration_that_was_sent_is_shown(iftrue):
    assert "Duration 1 s" in (await page_of(iftrue, deployment_duration=0.02)).text


async def test_forced_deployments_and_fixes_can_be_listed(iftrue):
    for number, flags in enumerate(({"is_forced": True}, {"is_hotfix": True}, {"is_fix": True}, {})):
        await iftrue.post(TARGET, json=report(title=f"Number {number}", commit_id=f"c{number}", **flags))
    for number, flag in enumerate(("forced", "hotfix", "fix")):
        text = Html((await iftrue.get(f"/deployments?flag={flag}")).text).text
        assert [other for other in range(4) if f"Number {other}" in text] == [number]
    assert "the filter is ignored" in (await iftrue.get("/deployments?flag=other")).text
