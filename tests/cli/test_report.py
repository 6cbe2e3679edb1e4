"""What tells two deployments apart, and what a report says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shipledger.cli.ci_run import CiRun, read_ci_run
from shipledger.cli.report import ReportedState, SaidTier, Wishes, make_report
from shipledger.errors import Invalid
from shipledger.ledger.state import Tier
from shipledger.reporting.report import Report
from tests.cli.test_ci_run import JOBS, SHA

NOW = datetime(2026, 3, 4, 10, 5, tzinfo=UTC)

COUNTED_UP = {
    "github": {"GITHUB_RUN_ATTEMPT": "3"},
    "circleci": {"CIRCLE_WORKFLOW_ID": "8aba"},
    "azure": {"SYSTEM_STAGEATTEMPT": "3"},
    "azure release": {"RELEASE_ATTEMPTNUMBER": "4"},
    "woodpecker": {"CI_PIPELINE_NUMBER": "78"},
    "harness": {"HARNESS_EXECUTION_ID": "exec-10"},
    "drone": {"DRONE_BUILD_NUMBER": "78"},
    "semaphore": {"SEMAPHORE_PIPELINE_ID": "ea3f"},
    "codebuild": {"CODEBUILD_BUILD_ID": "shop:b1e7"},
    "jenkins": {"BUILD_NUMBER": "78"},
}
"""What is another one when something is run again, where the system says it to all jobs alike."""

COUNTED_BY_JOB = {
    "gitlab": {"CI_JOB_ID": "10", "CI_JOB_RETRY_COUNT": "1"},
    "gitea": {"GITHUB_RUN_ATTEMPT": "3"},
    "forgejo": {"GITHUB_RUN_ATTEMPT": "3"},
    "bitbucket": {"BITBUCKET_STEP_RUN_NUMBER": "3", "BITBUCKET_STEP_UUID": "{10}"},
    "buildkite": {"BUILDKITE_RETRY_COUNT": "2", "BUILDKITE_JOB_ID": "0192"},
    "travis": {},
    "teamcity": {},
}
"""What is another one for the job that is run again, and would be for another job of the same attempt, too."""

ANOTHER_JOB = {
    "github": {"GITHUB_JOB": "report"},
    "circleci": {"CIRCLE_BUILD_NUM": "78"},
    "azure": {"SYSTEM_JOBID": "another", "SYSTEM_JOBATTEMPT": "2"},
    "semaphore": {"SEMAPHORE_JOB_ID": "another"},
    "jenkins": {"STAGE_NAME": "Report"},
}


def report(run: CiRun | None = None, **wishes: Any) -> Report:
    given = {"environment": "production", "repository": "github.com/acme/shop", "commit": SHA}
    return make_report(Wishes(**{**given, **wishes}), run or CiRun(), NOW)


def id_in(job: str, changes: dict[str, str] | None = None, **wishes: Any) -> str:
    return report(read_ci_run({**JOBS[job][0], **(changes or {})}), **wishes).external_id


def test_every_system_counts_in_one_way_or_the_other() -> None:
    assert COUNTED_UP.keys() | COUNTED_BY_JOB.keys() == JOBS.keys()
    assert {job for job in JOBS if JOBS[job][1].is_attempt_told} == COUNTED_UP.keys()


@pytest.mark.parametrize("job", COUNTED_UP)
def test_another_attempt_is_another_deployment_where_the_ci_system_tells_attempts_apart(job: str) -> None:
    assert id_in(job, COUNTED_UP[job]) != id_in(job)


@pytest.mark.parametrize("job", JOBS)
def test_two_jobs_of_one_attempt_tell_of_one_deployment(job: str) -> None:
    assert id_in(job, COUNTED_BY_JOB.get(job) or ANOTHER_JOB.get(job)) == id_in(job)


@pytest.mark.parametrize("job", JOBS)
def test_the_start_of_the_job_tells_attempts_apart_where_nothing_else_does(job: str) -> None:
    finished = report(JOBS[job][1])
    assert bool(finished.job_started_at) is (job in COUNTED_BY_JOB)
    assert finished.started_at == ""


@pytest.mark.parametrize(
    "wishes, expected",
    [
        ({}, "github:github.com/77:2:github.com/acme/shop:production"),
        ({"environment": "eu:west%1"}, "github:github.com/77:2:github.com/acme/shop:eu%3Awest%251"),
        ({"service": "checkout"}, "github:github.com/77:2:checkout:production"),
        ({"repository": "gitlab.com/acme/shop"}, "github:github.com/77:2:gitlab.com/acme/shop:production"),
        ({"external_id": "build-77"}, "build-77"),
    ],
)
def test_the_id_is_system_run_attempt_service_or_repository_and_environment(wishes: dict[str, str], expected: str) -> None:
    assert id_in("github", **wishes) == expected


def test_the_same_number_on_two_servers_is_two_runs() -> None:
    assert id_in("jenkins", {"JENKINS_URL": "https://other.example.com/"}, service="shop") != id_in("jenkins", service="shop")


def test_legs_of_a_matrix_are_told_apart_by_their_service() -> None:
    assert len({id_in("github", service=service) for service in ("", "checkout", "payments")}) == 3


def test_a_long_id_is_cut_and_stays_unique() -> None:
    one, other = (id_in("github", environment="e" * 600 + end) for end in "ab")
    assert len(one) <= 512
    assert one != other


def test_outside_any_ci_system_the_start_names_a_deployment() -> None:
    assert (report().external_id, report().started_at) == ("", "2026-03-04T10:05:00.000Z")


@pytest.mark.parametrize("state", [ReportedState.INITIAL, ReportedState.STARTED])
def test_what_begins_begins_now_and_has_no_end(state: ReportedState) -> None:
    begun = report(JOBS["gitlab"][1], state=state)
    assert (begun.started_at, begun.job_started_at, begun.finished_at) == ("2026-03-04T10:05:00.000Z", "", "")


def test_a_deployment_that_runs_cannot_have_ended() -> None:
    with pytest.raises(Invalid, match="completed-at"):
        report(state=ReportedState.STARTED, completed_at="2026-03-04T10:05:00Z")


@pytest.mark.parametrize(
    "run, wishes, tier",
    [
        (CiRun(), {}, None),
        (CiRun(environment="review", tier="Testing"), {"environment": ""}, Tier.TESTING),
        (CiRun(environment="review", tier="other"), {"environment": ""}, None),
        (CiRun(environment="review", tier="testing"), {"environment": "prod"}, None),
        (CiRun(environment="review", tier="testing"), {"environment": "", "tier": SaidTier.DEVELOPMENT}, Tier.DEVELOPMENT),
        (CiRun(), {"tier": SaidTier.TEST}, Tier.TESTING),
    ],
)
def test_a_tier_is_said_by_the_caller_or_the_ci_system_or_left_to_the_rules(run: CiRun, wishes: Any, tier: Tier | None) -> None:
    assert report(run, **wishes).tier is tier


@pytest.mark.parametrize(
    "repository, recorded",
    [
        ("acme/shop", "gitlab.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("git.example.com/shop", "git.example.com/shop"),
        ("", "gitlab.com/acme/team/shop"),
    ],
)
def test_a_repository_without_a_host_is_on_that_of_the_job(repository: str, recorded: str) -> None:
    assert report(JOBS["gitlab"][1], repository=repository).releases == ((recorded, SHA),)


def test_outside_any_ci_system_a_repository_needs_its_host() -> None:
    with pytest.raises(Invalid, match="has no host"):
        report(repository="acme/shop")


def test_a_service_alone_is_enough() -> None:
    assert report(repository="", commit="", service="checkout").releases == ()


def test_the_commit_of_a_job_without_a_repository_says_nothing_alone() -> None:
    assert report(CiRun(commit=SHA), repository="", commit="", service="checkout").releases == ()
