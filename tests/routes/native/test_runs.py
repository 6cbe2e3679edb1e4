"""Several runs under one id: a job that was run again, a version that was deployed again."""

from __future__ import annotations

from tests.support.native import TARGET, deployment, started

FAILED = {"state": "failed", "finished_at": "2026-03-04T10:05:00Z"}
RETRY = {"started_at": None, "job_started_at": "2026-03-04T10:20:00Z", "finished_at": "2026-03-04T10:25:00Z"}


async def test_a_job_that_starts_after_the_end_is_a_new_deployment_and_leaves_the_earlier_one_alone(native):
    first = await native.post(TARGET, json=deployment(**FAILED))
    retry = await native.post(TARGET, json=deployment(**RETRY))
    assert (first.status_code, retry.status_code) == (201, 201)
    assert "Recorded as a new run" in retry.json()["verdict"]["sentence"]
    earlier, later = [(await native.get(f"{TARGET}/{one.json()['id']}")).json() for one in (first, retry)]
    assert (earlier["state"], earlier["finished_at"]) == ("failed", "2026-03-04T10:05:00.000Z")
    assert (later["state"], later["started_at"]) == ("successful", "2026-03-04T10:20:00.000Z")
    assert earlier["external_id"] == later["external_id"]


async def test_an_end_that_says_no_start_corrects_the_run_that_started_last(native):
    first = await native.post(TARGET, json=deployment())
    again = await native.post(TARGET, json=deployment(started_at=None, finished_at="2026-03-04T10:09:00Z", state="rolled_back"))
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, first.json()["id"], "rolled_back")


async def test_an_end_of_the_first_run_that_comes_late_parts_the_runs(native):
    first = await native.post(TARGET, json=started())
    taken_for_one = await native.post(TARGET, json=started(started_at="2026-03-04T10:20:00Z"))
    assert (taken_for_one.status_code, taken_for_one.json()["id"]) == (200, first.json()["id"])
    late = await native.post(TARGET, json=deployment(started_at=None, **FAILED))
    assert "moved" in late.json()["verdict"]["sentence"]
    assert (late.json()["id"], late.json()["state"]) == (first.json()["id"], "failed")
    retry = await native.post(TARGET, json=deployment(**{**RETRY, "job_started_at": "2026-03-04T10:24:00Z"}))
    assert (retry.status_code, retry.json()["started_at"]) == (200, "2026-03-04T10:20:00.000Z")
