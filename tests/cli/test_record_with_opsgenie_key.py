"""``shipledger record`` with an Opsgenie key, as it was set up before there was an API of our own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.cli.recording import Job
from tests.cli.test_ci_run import JOBS, SHA
from tests.support.commands import Commands
from tests.support.program import RunningServer

DEPLOYMENT = ("--environment", "production", "--repository", "acme/shop", "--commit", SHA)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("record"))
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture
def job(cli: Commands, ledger: RunningServer) -> Job:
    return Job(cli, ledger, kind="opsgenie", variable="SHIPLEDGER_API_KEY")


@pytest.fixture
def build_id() -> str:
    return f"build-{uuid.uuid4()}"


def test_a_finished_deployment_is_recorded_by_one_call(job: Job, build_id: str) -> None:
    told = job(*DEPLOYMENT, "--external-id", build_id, "--message", "Release 77", "--wait", "--json").json

    assert (told["is_success"], told["status"]) == (True, "Deployment successfully created")
    record = job.get(told["deployment_id"])
    assert (record["source"], record["state"], record["title"]) == ("opsgenie", "successful", "Release 77")
    assert record["releases"] == [{"repository": "bitbucket.org/acme/shop", "commit": SHA}]


def test_a_later_call_finishes_what_an_earlier_one_has_started_and_keeps_its_start(job: Job, build_id: str) -> None:
    first = job.record(*DEPLOYMENT, "--external-id", build_id, "--state", "started")
    last = job.record(*DEPLOYMENT, "--external-id", build_id, "--state", "failed")

    assert (first["id"], first["started_at"], last["state"]) == (last["id"], last["started_at"], "failed")


def test_the_start_that_an_earlier_call_recorded_wins_over_the_start_of_the_job(job: Job, build_id: str) -> None:
    variables = {**JOBS["gitlab"][0], "CI_PIPELINE_ID": build_id}
    first = job.record("--environment", "staging", "--state", "started", **variables)
    last = job.record("--environment", "staging", "--state", "failed", **variables)

    assert (first["id"], first["started_at"]) == (last["id"], last["started_at"])


def test_without_an_earlier_call_the_start_of_the_job_counts(job: Job, build_id: str) -> None:
    record = job.record("--external-id", build_id, "--environment", "staging", **JOBS["gitlab"][0])

    assert record["started_at"] == "2026-03-04T10:02:00.000Z"


def test_a_job_that_is_run_again_after_the_end_is_a_new_deployment(job: Job, build_id: str) -> None:
    attempt = {**JOBS["gitlab"][0], "CI_PIPELINE_ID": build_id, "CI_ENVIRONMENT_NAME": "staging"}
    first = job.record("--state", "failed", "--completed-at", "2026-03-04T10:05:00Z", **attempt)
    again = job.record(**{**attempt, "CI_JOB_ID": "11", "CI_JOB_STARTED_AT": "2026-03-04T10:20:00Z"})

    assert first["external_id"] == again["external_id"]
    assert [job.get(one["id"])["state"] for one in (first, again)] == ["failed", "successful"]


def test_one_external_id_in_two_environments_is_two_deployments(job: Job, build_id: str) -> None:
    one = job.record(*DEPLOYMENT, "--external-id", build_id)
    other = job.record(*DEPLOYMENT, "--environment", "staging", "--external-id", build_id)

    assert one["id"] != other["id"]


def test_a_repository_on_another_host_is_recorded_and_the_name_that_it_gets_is_told(job: Job) -> None:
    told = job("--environment", "production", "--wait", **JOBS["github"][0])

    assert "github.com/acme/shop is recorded as bitbucket.org/acme/shop" in told.err
    assert "shipledger service map-repository SERVICE bitbucket.org/acme/shop" in told.err


def test_a_token_in_the_place_of_a_key_is_used_as_one(job: Job, build_id: str) -> None:
    job.secret = job.new_secret("native")

    assert job.record(*DEPLOYMENT, "--external-id", build_id)["source"] == "native"


def test_a_wrong_key_ends_with_1_and_is_not_repeated_in_the_message(job: Job) -> None:
    job.secret = "wrong-key"
    refused = job(*DEPLOYMENT, code=1)

    assert "Could not authenticate" in refused.err
    assert "Check SHIPLEDGER_API_KEY." in refused.err
    assert "wrong-key" not in refused.err


def test_a_read_only_key_ends_with_1_and_is_told_which_right_is_missing(job: Job) -> None:
    job.secret = job.new_secret("opsgenie", "--scope", "read")

    assert "write" in job(*DEPLOYMENT, code=1).err


@pytest.mark.parametrize(
    "options, told",
    [
        (("--environment", "blue"), "--tier"),
        (("--state", "cancelled"), "SHIPLEDGER_TOKEN"),
        (("--repository", "git.example.com/shop"), "no owner"),
    ],
)
def test_what_this_api_cannot_say_ends_with_2(cli: Commands, options: tuple[str, ...], told: str) -> None:
    variables = {"SHIPLEDGER_API_KEY": "key", "SHIPLEDGER_URL": "http://127.0.0.1:1"}

    assert told in cli("record", *DEPLOYMENT, *options, "--external-id", "", "--dry-run", environment=variables, code=2).err


@pytest.mark.parametrize(
    "environment, options, type_",
    [
        ("uat", (), "Test"),
        ("preprod", (), "Staging"),
        ("eu-prod-2", (), "Production"),
        ("blue", ("--tier", "development"), "Test"),
    ],
)
def test_a_dry_run_prints_what_would_be_sent(cli: Commands, environment: str, options: tuple[str, ...], type_: str) -> None:
    told = (
        "--environment",
        environment,
        "--started-at",
        "2026-03-04T12:02:00+02:00",
        "--state",
        "started",
        "--dry-run",
        *options,
    )
    body = cli("record", *DEPLOYMENT, *told, environment={"SHIPLEDGER_API_KEY": "key"}).json

    assert body == {
        "state": "started",
        "environment": {"type": type_, "id": environment, "displayName": environment},
        "startedAt": "2026-03-04T10:02:00.000Z",
        "releases": [
            {
                "type": "bbc",
                "repository": {"workspace": {"identifier": "acme", "type": "name"}, "repoSlug": "shop"},
                "commit": {"sha": SHA},
            }
        ],
    }
