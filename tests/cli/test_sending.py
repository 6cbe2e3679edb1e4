"""How reports are delivered while the server, or the way to it, fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from shipledger.cli.ci_run import CiRun
from shipledger.cli.marking import mark
from shipledger.cli.report import Wishes, make_report
from shipledger.errors import Denied, ShipledgerError, Unavailable
from shipledger.protocols.native import delivery as native
from shipledger.protocols.opsgenie import delivery as opsgenie
from shipledger.reporting.report import Report
from shipledger.reporting.server_calls import Outcome, Refused, ServerCalls
from tests.cli.test_ci_run import SHA

NOW = datetime(2026, 3, 4, 10, 5, tzinfo=UTC)


class Script:
    """Answers in turn; an exception is raised. Time passes only in pauses."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.bodies: list[bytes] = []
        self.pauses: list[float] = []
        self.notes: list[str] = []
        self.seconds = 0.0

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(request.read())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def calls(self, patience_seconds: float) -> ServerCalls:
        return ServerCalls(
            url="http://ledger.test",
            authorization="Bearer token",
            patience_seconds=patience_seconds,
            note=self.notes.append,
            transport=httpx2.MockTransport(self.answer),
            monotonic=lambda: self.seconds,
            sleep=self.pause,
        )

    def deliver(
        self, *, is_waiting: bool = False, patience_seconds: float = 60, with_key: bool = False, **wishes: Any
    ) -> Outcome:
        calls = self.calls(patience_seconds)
        deliver = opsgenie.deliver if with_key else native.deliver
        return deliver(
            calls, make(**wishes), is_waiting=is_waiting, variable="SHIPLEDGER_API_KEY" if with_key else "SHIPLEDGER_TOKEN"
        )


def make(run: CiRun | None = None, **wishes: Any) -> Report:
    given = {
        "environment": "production",
        "repository": "github.com/acme/shop",
        "commit": SHA,
        "started_at": "2026-03-04T10:00:00Z",
    }
    return make_report(Wishes(**{**given, **wishes}), run or CiRun(), NOW)


def recorded(status: int = 201) -> httpx2.Response:
    body = {"id": "d-1", "request_id": "r-1", "service": None, "verdict": {"kind": "applied", "reason": None, "sentence": None}}
    return httpx2.Response(status, json=body)


def accepted() -> httpx2.Response:
    return httpx2.Response(202, json={"request_id": "r-1", "state": "pending", "verdicts": []})


def told(state: str, **verdict: Any) -> httpx2.Response:
    return httpx2.Response(200, json={"request_id": "r-1", "state": state, "verdicts": [verdict] if verdict else []})


@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("closed"),
        httpx2.Response(429),
        httpx2.Response(500),
        httpx2.Response(503, text="<html>"),
    ],
)
def test_what_may_pass_is_tried_again_with_the_same_body(fault: httpx2.Response | Exception) -> None:
    script = Script(fault, recorded(200))

    assert script.deliver().deployment_id == "d-1"
    assert len(script.pauses) == 1
    assert script.bodies[0] == script.bodies[1]
    assert "Trying again" in script.notes[0]


def test_the_pause_that_the_server_asks_for_is_kept() -> None:
    script = Script(httpx2.Response(429, headers={"Retry-After": "7"}), recorded())
    script.deliver()

    assert script.pauses == [7.0]


def test_pauses_grow_and_end_with_the_patience() -> None:
    script = Script(*[httpx2.ConnectError("refused")] * 100)

    with pytest.raises(Unavailable):
        script.deliver()

    assert script.pauses[-1] > script.pauses[0]
    assert script.seconds <= 60
    assert len(script.pauses) < 20


@pytest.mark.parametrize(
    "status, kind", [(400, Refused), (401, Denied), (403, Denied), (404, ShipledgerError), (409, Refused), (422, Refused)]
)
def test_what_will_not_pass_is_not_tried_again(status: int, kind: type[Exception]) -> None:
    script = Script(httpx2.Response(status, json={"detail": "No."}))

    with pytest.raises(kind, match=f"{status}: No"):
        script.deliver()
    assert script.pauses == []


@pytest.mark.parametrize("status", [200, 201, 202, 404])
def test_another_program_at_the_address_is_told_as_such(status: int) -> None:
    with pytest.raises(ShipledgerError, match=r"not Shipledger|answered 404"):
        Script(httpx2.Response(status, text="<html>hello</html>")).deliver()


@pytest.mark.parametrize("body", [{}, {"verdict": None}])
def test_an_answer_without_a_verdict_is_no_success(body: Any) -> None:
    with pytest.raises(Refused, match="no verdict"):
        Script(httpx2.Response(201, json=body)).deliver()


def test_what_is_stored_and_not_settled_is_told_as_accepted() -> None:
    assert Script(accepted()).deliver() == Outcome(request_id="r-1", is_settled=False)


def test_waiting_goes_on_while_the_request_is_not_settled() -> None:
    script = Script(accepted(), told("pending"), told("settled", kind="rejected", sentence="No.", deployment_id=None))

    outcome = script.deliver(is_waiting=True)

    assert (outcome.is_success, outcome.status) == (False, "rejected: No.")
    assert len(script.pauses) == 1


def test_waiting_ends_with_the_patience() -> None:
    with pytest.raises(Unavailable, match="Nothing is lost"):
        Script(accepted(), *[told("pending") for _ in range(100)]).deliver(is_waiting=True, patience_seconds=5)


def test_waiting_ends_when_the_server_has_failed() -> None:
    with pytest.raises(Refused, match="Ask its operator"):
        Script(accepted(), told("quarantined")).deliver(is_waiting=True)


def test_a_mark_is_waited_for_as_a_report_is() -> None:
    record = httpx2.Response(200, json={"id": "d-1"})
    marked = mark(Script(accepted(), told("pending"), told("settled", kind="applied"), record).calls(60), "/x", {})
    assert (marked["id"], marked["verdict"]["kind"]) == ("d-1", "applied")
    with pytest.raises(Refused, match="Ask its operator"):
        mark(Script(accepted(), told("quarantined")).calls(60), "/x", {})
    with pytest.raises(Refused, match="Contradicts"):
        mark(Script(accepted(), told("settled", kind="rejected", sentence="Contradicts.")).calls(60), "/x", {})


JOB_START = "2026-03-04T10:04:00Z"
PIPELINE = CiRun(system="gitlab", run_id="77", job_started_at=JOB_START)


@pytest.mark.parametrize(
    "known, run, start",
    [
        (None, PIPELINE, "2026-03-04T10:04:00.000Z"),
        ({"startedAt": "2026-03-04T10:01:00.000Z"}, PIPELINE, "2026-03-04T10:01:00.000Z"),
        (
            {"startedAt": "2026-03-04T10:01:00.000Z", "completedAt": "2026-03-04T10:03:00.000Z"},
            PIPELINE,
            "2026-03-04T10:04:00.000Z",
        ),
        (
            {"startedAt": "2026-03-04T10:01:00.000Z", "completedAt": "2026-03-04T10:04:30.000Z"},
            PIPELINE,
            "2026-03-04T10:01:00.000Z",
        ),
        (
            {"startedAt": "2026-03-04T10:01:00.000Z", "completedAt": "2026-03-04T10:03:00.000Z"},
            CiRun(system="github", run_id="77", attempt="2", is_attempt_told=True),
            "2026-03-04T10:01:00.000Z",
        ),
        (None, CiRun(system="github", run_id="77", attempt="2", is_attempt_told=True), "2026-03-04T10:05:00.000Z"),
    ],
    ids=[
        "nothing known",
        "it runs",
        "an earlier attempt has ended",
        "this job has ended it",
        "the id tells attempts",
        "no start",
    ],
)
def test_with_a_key_the_end_of_a_deployment_takes_the_start_of_its_own_attempt(known: Any, run: CiRun, start: str) -> None:
    found = httpx2.Response(200, json={"data": {"environment": {"id": "production"}, **known}}) if known else httpx2.Response(404)
    script = Script(found, httpx2.Response(202, json={"requestId": "r-1"}))

    script.deliver(with_key=True, run=run, started_at="")

    assert f'"startedAt":"{start}"'.encode() in script.bodies[1].replace(b": ", b":")


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, json={"data": {"environment": {"id": "staging"}, "startedAt": JOB_START}}),
        httpx2.Response(403, json={}),
    ],
)
def test_with_a_key_a_start_is_only_taken_from_the_same_environment(answer: httpx2.Response) -> None:
    script = Script(answer, httpx2.Response(202, json={"requestId": "r-1"}))

    script.deliver(with_key=True, run=CiRun(system="github", run_id="77", is_attempt_told=True), started_at="")

    assert b"10:05:00.000Z" in script.bodies[1]
