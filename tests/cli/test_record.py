"""``shipledger record`` with a token of our own API, against the real program."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.cli.recording import DEPLOYMENT, Job
from tests.cli.test_ci_run import JOBS, SHA
from tests.support.commands import Commands
from tests.support.program import RunningServer


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of this file: each uses an external id of its own."""
    running = RunningServer(tmp_path_factory.mktemp("record"))
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture
def job(cli: Commands, ledger: RunningServer) -> Job:
    return Job(cli, ledger)


@pytest.fixture
def build_id() -> str:
    """An external id that no other test uses."""
    return f"build-{uuid.uuid4()}"


def now() -> str:
    return datetime.now(UTC).isoformat()


def new_gitlab_job() -> dict[str, str]:
    """What GitLab says to a job that begins now, in a pipeline that no other test uses."""
    return {**JOBS["gitlab"][0], "CI_PIPELINE_ID": str(uuid.uuid4()), "CI_JOB_STARTED_AT": now()}


def test_a_finished_deployment_is_recorded_by_one_call(job: Job, build_id: str) -> None:
    told = job(*DEPLOYMENT, "--external-id", build_id, "--service", "Shop", "--message", "Shop 77", "--wait", "--json").json

    assert (told["external_id"], told["is_success"], told["status"]) == (build_id, True, "applied")
    record = job.get(told["deployment_id"])
    assert (record["state"], record["title"], record["service"], record["tier"]) == (
        "successful",
        "Shop 77",
        "Shop",
        "production",
    )
    assert record["releases"] == [{"repository": "github.com/acme/shop", "commit": SHA}]


def test_a_later_call_finishes_what_an_earlier_one_has_started_and_keeps_its_start(job: Job, build_id: str) -> None:
    first = job.record(*DEPLOYMENT, "--external-id", build_id, "--state", "started")
    last = job.record(*DEPLOYMENT, "--external-id", build_id, "--state", "failed")

    assert (first["id"], first["state"], last["state"]) == (last["id"], "in_progress", "failed")
    assert last["started_at"] == first["started_at"]
    assert last["finished_at"] >= last["started_at"]


def test_a_job_says_everything_that_its_ci_system_knows(job: Job) -> None:
    run_id = str(uuid.uuid4())
    record = job.record("--environment", "production", **{**JOBS["github"][0], "GITHUB_RUN_ID": run_id})

    assert record["external_id"] == f"github:github.com/{run_id}:2:github.com/acme/shop:production"
    assert record["releases"] == [{"repository": "github.com/acme/shop", "commit": SHA}]
    said = {name: record[name] for name in ("actor", "version", "ci", "run", "attempt", "job", "url")}
    assert said == {
        "actor": "hubot",
        "version": "v2.4.1",
        "ci": "github",
        "run": run_id,
        "attempt": "2",
        "job": "deploy",
        "url": f"https://github.com/acme/shop/actions/runs/{run_id}/attempts/2",
    }


def test_options_win_over_what_the_ci_system_says(job: Job, build_id: str) -> None:
    options = ("--environment", "blue", "--tier", "staging", "--commit", "abc", "--version", "3", "--actor", "anna")
    record = job.record(*options, "--external-id", build_id, **JOBS["gitlab"][0])

    told = (record["environment"], record["tier"], record["version"], record["actor"], record["releases"][0]["commit"])
    assert told == ("blue", "staging", "3", "anna", "abc")


def test_two_jobs_of_one_attempt_tell_of_one_deployment(job: Job) -> None:
    attempt = new_gitlab_job()
    first = job.record("--state", "started", **attempt)
    last = job.record("--state", "failed", **{**attempt, "CI_JOB_ID": "10", "CI_JOB_STARTED_AT": now()})

    assert (first["id"], first["started_at"], last["state"]) == (last["id"], last["started_at"], "failed")


def test_without_an_earlier_call_the_start_of_the_job_counts(job: Job, build_id: str) -> None:
    assert job.record("--external-id", build_id, **JOBS["gitlab"][0])["started_at"] == "2026-03-04T10:02:00.000Z"


def test_legs_of_a_matrix_are_told_apart_by_their_service(job: Job) -> None:
    variables = {**JOBS["github"][0], "GITHUB_RUN_ID": str(uuid.uuid4())}
    legs = [job.record("--environment", "production", "--service", name, **variables) for name in ("cart", "search", "cart")]

    assert legs[0]["id"] == legs[2]["id"] != legs[1]["id"]


@pytest.mark.parametrize("state, recorded", [("initial", "pending"), ("cancelled", "cancelled"), ("rolled_back", "rolled_back")])
def test_every_step_can_be_told(job: Job, build_id: str, state: str, recorded: str) -> None:
    assert job.record(*DEPLOYMENT, "--external-id", build_id, "--state", state)["state"] == recorded


def test_an_environment_of_any_name_needs_no_tier(job: Job, build_id: str) -> None:
    assert job.record(*DEPLOYMENT, "--environment", "blue", "--external-id", build_id)["tier"] == "unmapped"


def test_several_repositories_can_be_deployed_at_once(job: Job, build_id: str) -> None:
    further = ("--release", "gitlab.com/acme/api@def", "--release", "git@bitbucket.org:acme/web.git@123")
    record = job.record(*DEPLOYMENT, *further, "--external-id", build_id)

    assert [one["repository"] for one in record["releases"]] == [
        "github.com/acme/shop",
        "gitlab.com/acme/api",
        "bitbucket.org/acme/web",
    ]


def test_a_repository_of_no_service_is_told_with_the_command_that_maps_it(job: Job, build_id: str) -> None:
    odd = "https://git.example.com/acme/shop%20and%20more"
    told = job(*DEPLOYMENT, "--repository", odd, "--external-id", build_id)

    assert "shipledger service map-repository SERVICE 'git.example.com/acme/shop and more'" in told.err
    assert job(*DEPLOYMENT, "--service", "Shop", "--external-id", f"{build_id}-2").err == ""


def test_the_same_call_again_changes_nothing(job: Job, build_id: str) -> None:
    options = (
        *DEPLOYMENT,
        "--external-id",
        build_id,
        "--started-at",
        "2026-03-04T10:00:00Z",
        "--completed-at",
        "2026-03-04T10:05:00Z",
    )
    first, again = (job(*options, "--wait", "--json").json for _ in range(2))

    assert first["deployment_id"] == again["deployment_id"]
    assert again["status"].startswith("duplicate: ")


def test_what_a_report_did_not_change_is_told(job: Job, build_id: str) -> None:
    known = (*DEPLOYMENT, "--external-id", build_id, "--started-at", "2026-03-04T10:00:00Z")
    job(*known)

    assert "Ignored: the deployment is successful" in job(*known, "--state", "initial").out


def test_a_retried_job_of_gitlab_is_a_new_deployment(job: Job) -> None:
    attempt = new_gitlab_job()
    first = job.record("--state", "failed", **attempt)
    retried = {**attempt, "CI_JOB_ID": "11", "CI_JOB_STARTED_AT": now()}
    began, ended = job.record("--state", "started", **retried), job.record(**retried)

    assert first["external_id"] == began["external_id"]
    assert first["id"] != began["id"] == ended["id"]
    assert [job.get(one["id"])["state"] for one in (first, began)] == ["failed", "successful"]


@pytest.mark.parametrize("state", ["started", "failed"])
def test_without_the_start_of_a_job_an_end_after_the_end_is_a_new_deployment(job: Job, build_id: str, state: str) -> None:
    step = {**JOBS["bitbucket"][0], "BITBUCKET_BUILD_NUMBER": build_id}
    first, ended = job.record("--state", state, **step), job.record("--state", "failed", **step)
    again = job.record(**{**step, "BITBUCKET_STEP_RUN_NUMBER": "3"})

    assert (first["id"] == ended["id"]) is (state == "started")
    assert [job.get(one["id"])["state"] for one in (ended, again)] == ["failed", "successful"]


def test_where_attempts_are_told_an_end_after_the_end_corrects_it(job: Job, build_id: str) -> None:
    attempt = {**JOBS["github"][0], "GITHUB_RUN_ID": build_id}
    first = job.record("--environment", "production", **attempt)
    corrected = job.record("--environment", "production", "--state", "failed", **{**attempt, "GITHUB_JOB": "verify"})
    again = job.record("--environment", "production", **{**attempt, "GITHUB_RUN_ATTEMPT": "3"})

    assert first["id"] == corrected["id"] != again["id"]
    assert [job.get(one["id"])["state"] for one in (first, again)] == ["failed", "successful"]


def test_a_version_that_is_deployed_again_under_its_own_name_is_a_new_deployment(job: Job, build_id: str) -> None:
    first, there, back, last = [
        job.record(*DEPLOYMENT, "--external-id", build_id, "--state", state)
        for state in ("started", "successful", "started", "successful")
    ]

    assert first["id"] == there["id"] != back["id"] == last["id"]


def test_a_write_only_token_can_record(job: Job, build_id: str) -> None:
    job.secret = job.new_secret("native", "--scope", "write")

    assert "applied" in job(*DEPLOYMENT, "--external-id", build_id, "--wait").out


def test_an_opsgenie_key_in_the_place_of_a_token_is_used_as_one(job: Job, build_id: str) -> None:
    job.secret = job.new_secret("opsgenie")

    told = job(*DEPLOYMENT, "--external-id", build_id)
    assert "Accepted as request" in told.out
    assert "github.com/acme/shop is recorded as bitbucket.org/acme/shop" in told.err


def test_a_wrong_token_ends_with_1_and_is_not_repeated_in_the_message(job: Job) -> None:
    job.secret = "wrong-token"
    refused = job(*DEPLOYMENT, code=1)

    assert "The token is missing or not valid" in refused.err
    assert "Check SHIPLEDGER_TOKEN." in refused.err
    assert "wrong-token" not in refused.err


def test_a_read_only_token_ends_with_1_and_is_told_which_right_is_missing(job: Job) -> None:
    job.secret = job.new_secret("native", "--scope", "read")

    assert "lacks the right to write" in job(*DEPLOYMENT, code=1).err


def test_what_the_server_finds_wrong_is_told_by_field(job: Job) -> None:
    assert "title should have at most" in job(*DEPLOYMENT, "--message", "m" * 20_000, code=1).err


def test_a_server_that_is_not_there_ends_with_3(cli: Commands) -> None:
    variables = {"SHIPLEDGER_TOKEN": "token", "SHIPLEDGER_URL": "http://127.0.0.1:1"}

    assert "did not accept it" in cli("record", *DEPLOYMENT, "--patience", "0", environment=variables, code=3).err


@pytest.mark.parametrize(
    "arguments, named",
    [
        ([], "--environment"),
        (["--environment", "production"], "--repository"),
        (["--environment", "production", "--repository", "github.com/acme/shop"], "--commit"),
        ([*DEPLOYMENT, "--repository", "acme/shop"], "github.com/acme/shop"),
        ([*DEPLOYMENT, "--started-at", "yesterday"], "--started-at"),
        ([*DEPLOYMENT, "--state", "started", "--completed-at", "2026-03-04T10:00:00Z"], "--completed-at"),
        ([*DEPLOYMENT, "--release", "acme/shop"], "REPOSITORY@COMMIT"),
        ([*DEPLOYMENT, "--repository", "shop"], "is not a repository"),
        ([*DEPLOYMENT], "SHIPLEDGER_TOKEN"),
        ([*DEPLOYMENT, "--state", "done"], "--state"),
        ([*DEPLOYMENT, "--tier", "unmapped"], "--tier"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_ends_with_2(cli: Commands, arguments: list[str], named: str) -> None:
    assert named in cli("record", *arguments, code=2).err


@pytest.mark.parametrize(
    "variables",
    [{"SHIPLEDGER_TOKEN": "tóken"}, {"SHIPLEDGER_TOKEN": "a b"}, {"SHIPLEDGER_TOKEN": "t", "SHIPLEDGER_URL": "ledger"}],
)
def test_a_token_or_an_address_that_cannot_be_one_ends_with_2_before_anything_is_sent(
    cli: Commands, variables: dict[str, str]
) -> None:
    assert cli("record", *DEPLOYMENT, environment=variables, code=2).err


def test_a_dry_run_prints_what_would_be_sent_and_needs_no_token(cli: Commands) -> None:
    body = cli("record", *DEPLOYMENT, "--started-at", "2026-03-04T12:02:00+02:00", "--state", "started", "--dry-run").json

    assert body == {
        "environment": "production",
        "state": "in_progress",
        "started_at": "2026-03-04T10:02:00.000Z",
        "releases": [{"repository": "github.com/acme/shop", "commit": SHA}],
    }
