"""``shipledger record``, against the real program."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shipledger.cli.delivery import Delivery, Refused
from shipledger.errors import Denied, Invalid, ShipledgerError, Unavailable
from tests.cli.test_ci_systems import JOBS, SHA
from tests.support.commands import Commands, Done
from tests.support.program import RunningServer

DEPLOYMENT = ("--environment", "production", "--repository", "acme/shop", "--commit", SHA)


class Job:
    """A CI job that calls the command."""

    def __init__(self, cli: Commands, program: RunningServer) -> None:
        self.cli = cli
        self.program = program
        self.key = program.credential()

    def __call__(self, *arguments: str, code: int = 0, **variables: str) -> Done:
        environment = {"SHIPLEDGER_URL": self.program.url, "SHIPLEDGER_API_KEY": self.key, **variables}
        return self.cli("record", *arguments, environment=environment, code=code)

    def get(self, external_id: str) -> Any:
        answer = httpx.get(
            f"{self.program.url}/v2/deployments/{external_id}?type=api",
            headers={"Authorization": f"GenieKey {self.key}"},
            trust_env=False,
        )
        return answer.raise_for_status().json()["data"]


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


def test_a_finished_deployment_is_recorded_by_one_call(job: Job, build_id: str) -> None:
    told = job(*DEPLOYMENT, "--external-id", build_id, "--message", "Release 77", "--wait", "--json").json

    assert (told["is_success"], told["status"]) == (True, "Deployment successfully created")
    data = job.get(build_id)
    assert data["id"] == told["deployment_id"]
    assert (data["state"], data["message"]) == ("successful", "Release 77")
    assert data["environment"]["type"] == "Production"
    assert data["releases"][0]["repository"] == {"repoSlug": "shop", "workspace": "acme"}
    assert data["releases"][0]["commit"]["sha"] == SHA


def test_a_later_call_finishes_what_an_earlier_one_has_started_and_keeps_its_start(job: Job, build_id: str) -> None:
    first = job(*DEPLOYMENT, "--external-id", build_id, "--state", "started", "--wait", "--json").json
    started_at = job.get(build_id)["startedAt"]
    last = job(*DEPLOYMENT, "--external-id", build_id, "--state", "failed", "--wait", "--json").json

    assert first["deployment_id"] == last["deployment_id"]
    data = job.get(build_id)
    assert (data["state"], data["startedAt"]) == ("failed", started_at)
    assert data["completedAt"] > started_at


def test_the_start_that_an_earlier_call_recorded_wins_over_the_start_of_the_job(job: Job, build_id: str) -> None:
    options = ("--external-id", build_id, "--environment", "staging", "--wait")
    job(*options, "--state", "started", **JOBS["gitlab"][0])
    started_at = job.get(build_id)["startedAt"]
    job(*options, "--state", "failed", **JOBS["gitlab"][0])
    assert job.get(build_id)["startedAt"] == started_at


def test_without_an_earlier_call_the_start_of_the_job_counts(job: Job, build_id: str) -> None:
    job("--external-id", build_id, "--environment", "staging", "--wait", **JOBS["gitlab"][0])

    assert job.get(build_id)["startedAt"] == "2026-03-04T10:02:00.000Z"


def test_one_external_id_in_two_environments_is_two_deployments(job: Job, build_id: str) -> None:
    one = job(*DEPLOYMENT, "--external-id", build_id, "--wait", "--json").json
    other = job(*DEPLOYMENT, "--environment", "staging", "--external-id", build_id, "--wait", "--json").json

    assert one["deployment_id"] != other["deployment_id"]


def test_in_a_ci_job_no_option_is_needed(job: Job) -> None:
    told = job("--wait", "--json", **JOBS["bitbucket"][0]).json

    assert told["external_id"] == "bitbucket-acme/shop-77-production"
    data = job.get("bitbucket-acme%2Fshop-77-production")
    assert data["externalLink"] == "https://bitbucket.org/acme/shop/pipelines/results/77"
    assert data["releases"][0]["commit"]["sha"] == SHA


def test_options_win_over_what_the_ci_system_says(job: Job, build_id: str) -> None:
    job("--environment", "staging", "--commit", "abc", "--external-id", build_id, "--wait", **JOBS["bitbucket"][0])

    data = job.get(build_id)
    assert (data["environment"]["id"], data["environment"]["type"]) == ("staging", "Staging")
    assert data["releases"][0]["commit"]["sha"] == "abc"


def test_a_repository_on_another_host_is_recorded_and_the_name_that_it_gets_is_told(job: Job) -> None:
    told = job("--environment", "production", "--wait", **JOBS["github"][0])

    assert "github.com/acme/shop is recorded as bitbucket.org/acme/shop" in told.err
    assert "shipledger service map-repository SERVICE bitbucket.org/acme/shop" in told.err


def test_several_repositories_can_be_deployed_at_once(job: Job, build_id: str) -> None:
    job(*DEPLOYMENT, "--release", "acme/api@def", "--release", "acme/web@123", "--external-id", build_id, "--wait")

    assert [one["repository"]["repoSlug"] for one in job.get(build_id)["releases"]] == ["shop", "api", "web"]


def test_a_write_only_key_can_record(job: Job, ledger: RunningServer, build_id: str) -> None:
    job.key = ledger.credential("--scope", "write")

    assert "request" in job(*DEPLOYMENT, "--external-id", build_id).out


def test_a_wrong_key_ends_with_1_and_is_not_repeated_in_the_message(job: Job) -> None:
    job.key = "wrong-key"
    refused = job(*DEPLOYMENT, code=1)

    assert "Could not authenticate" in refused.err
    assert "wrong-key" not in refused.err


def test_a_read_only_key_ends_with_1_and_is_told_which_right_is_missing(job: Job, ledger: RunningServer) -> None:
    job.key = ledger.credential("--scope", "read")

    assert "write" in job(*DEPLOYMENT, code=1).err


def test_what_the_server_finds_wrong_is_told_by_field(job: Job) -> None:
    assert "message should have at most" in job(*DEPLOYMENT, "--message", "m" * 20_000, code=1).err


def test_a_server_that_is_not_there_ends_with_3(cli: Commands) -> None:
    variables = {"SHIPLEDGER_API_KEY": "key", "SHIPLEDGER_URL": "http://127.0.0.1:1"}

    assert "cannot take it now" in cli("record", *DEPLOYMENT, "--patience", "0", environment=variables, code=3).err


@pytest.mark.parametrize(
    "arguments, named",
    [
        ([], "--environment"),
        (["--environment", "production"], "--repository"),
        (["--environment", "production", "--repository", "acme/shop"], "--commit"),
        (["--environment", "blue", "--repository", "acme/shop", "--commit", "1"], "--environment-type"),
        ([*DEPLOYMENT, "--started-at", "yesterday"], "--started-at"),
        ([*DEPLOYMENT, "--release", "acme/shop"], "REPOSITORY@COMMIT"),
        ([*DEPLOYMENT, "--repository", "shop"], "names no repository"),
        ([*DEPLOYMENT], "SHIPLEDGER_API_KEY"),
        ([*DEPLOYMENT, "--state", "done"], "--state"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_ends_with_2(cli: Commands, arguments: list[str], named: str) -> None:
    assert named in cli("record", *arguments, environment={"SHIPLEDGER_API_KEY": ""}, code=2).err


def test_a_dry_run_prints_what_would_be_sent(cli: Commands) -> None:
    body = cli("record", *DEPLOYMENT, "--started-at", "2026-03-04T12:02:00+02:00", "--state", "started", "--dry-run").json

    assert body == {
        "state": "started",
        "environment": {"type": "Production", "id": "production", "displayName": "production"},
        "startedAt": "2026-03-04T10:02:00.000Z",
        "releases": [
            {
                "type": "bbc",
                "repository": {"workspace": {"identifier": "acme", "type": "name"}, "repoSlug": "shop"},
                "commit": {"sha": SHA},
            }
        ],
    }


class Script:
    """Answers in turn; an exception is raised. Time passes only in pauses."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.pauses: list[float] = []
        self.notes: list[str] = []
        self.seconds = 0.0

    def answer(self, _: httpx.Request) -> httpx.Response:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def delivery(self, *, url: str = "http://ledger.test", api_key: str = "key", patience_seconds: float = 60) -> Delivery:
        return Delivery(
            url=url,
            api_key=api_key,
            patience_seconds=patience_seconds,
            note=self.notes.append,
            transport=httpx.MockTransport(self.answer),
            monotonic=lambda: self.seconds,
            sleep=self.pause,
        )


def accepted() -> httpx.Response:
    return httpx.Response(202, json={"requestId": "r-1"})


def unsettled() -> httpx.Response:
    return httpx.Response(404, json={"message": "Request not processed"}, headers={"X-Opsgenie-Errortype": "RequestNotProcessed"})


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
        httpx.Response(429),
        httpx.Response(500),
        httpx.Response(503, text="<html>"),
    ],
)
def test_what_may_pass_is_tried_again(fault: httpx.Response | Exception) -> None:
    script = Script(fault, accepted())

    assert script.delivery().send({}) == "r-1"
    assert len(script.pauses) == 1
    assert "Trying again" in script.notes[0]


def test_the_pause_that_the_server_asks_for_is_kept() -> None:
    script = Script(httpx.Response(429, headers={"Retry-After": "7"}), accepted())
    script.delivery().send({})

    assert script.pauses == [7.0]


def test_pauses_grow_and_end_with_the_patience() -> None:
    script = Script(*[httpx.ConnectError("refused")] * 100)
    delivery = script.delivery(patience_seconds=60)

    with pytest.raises(Unavailable):
        delivery.send({})

    assert script.pauses[-1] > script.pauses[0]
    assert script.seconds <= 60
    assert len(script.pauses) < 20


@pytest.mark.parametrize("status, kind", [(400, Refused), (401, Denied), (403, Denied), (404, ShipledgerError), (422, Refused)])
def test_what_will_not_pass_is_not_tried_again(status: int, kind: type[Exception]) -> None:
    script = Script(httpx.Response(status, json={"message": "No"}))

    with pytest.raises(kind):
        script.delivery().send({})
    assert script.pauses == []


def test_another_program_at_the_address_is_told_as_such() -> None:
    with pytest.raises(Refused, match="no Shipledger"):
        Script(httpx.Response(202, text="<html>hello</html>")).delivery().send({})


def test_waiting_goes_on_while_the_request_is_not_processed() -> None:
    settled = httpx.Response(200, json={"data": {"isSuccess": False, "status": "Deployment does not exist", "deploymentId": ""}})
    script = Script(unsettled(), unsettled(), settled)

    outcome = script.delivery().wait_for_outcome("r-1")

    assert (outcome.is_success, outcome.status) == (False, "Deployment does not exist")
    assert len(script.pauses) == 2


def test_waiting_ends_with_the_patience() -> None:
    script = Script(*[unsettled() for _ in range(100)])

    with pytest.raises(Unavailable, match="nothing is lost"):
        script.delivery(patience_seconds=5).wait_for_outcome("r-1")


@pytest.mark.parametrize(
    "url, api_key",
    [("ledger.test", "key"), ("ftp://ledger.test", "key"), ("http://ledger.test", "kéy"), ("http://ledger.test", "a\nb")],
)
def test_an_address_or_a_key_that_cannot_be_one_is_refused_before_anything_is_sent(url: str, api_key: str) -> None:
    with pytest.raises(Invalid):
        Script().delivery(url=url, api_key=api_key)


def test_a_start_is_only_taken_from_the_same_environment() -> None:
    known = {"data": {"startedAt": "2026-03-04T10:02:00.000Z", "environment": {"id": "production"}}}
    script = Script(*[httpx.Response(200, text=json.dumps(known)) for _ in range(2)], httpx.Response(403, json={}))
    delivery = script.delivery()

    assert delivery.find_start("x", "production") == "2026-03-04T10:02:00.000Z"
    assert delivery.find_start("x", "staging") is None
    assert delivery.find_start("x", "production") is None
