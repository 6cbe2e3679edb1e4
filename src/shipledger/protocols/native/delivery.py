"""Send a report through Shipledger's own API."""

from __future__ import annotations

from typing import Any

import httpx2

from shipledger.protocols.native.report import to_body
from shipledger.reporting.own_api import wait_for_verdict
from shipledger.reporting.report import Report
from shipledger.reporting.reporter import Delivery
from shipledger.reporting.server_calls import Outcome, Refused, ServerCalls, read_object, to_error
from shipledger.shell_words import command

_REJECTED = "rejected"


def deliver(calls: ServerCalls, report: Report, *, is_waiting: bool, variable: str) -> Outcome:
    """The outcome of a report that the server has stored. Raises Denied, Refused, NotFound and Unavailable.

    Safe to repeat: the body identifies the deployment.
    """
    response = calls.request("POST", "/ledger/v1/deployments", json=to_body(report))
    if response.status_code in (httpx2.codes.OK, httpx2.codes.CREATED):
        return _read_record(read_object(response))
    if response.status_code != httpx2.codes.ACCEPTED:
        raise to_error(response, variable=variable)
    request_id = str(read_object(response).get("request_id", ""))
    return _wait(calls, request_id, variable) if is_waiting else Outcome(request_id=request_id, is_settled=False)


def list_notes(report: Report, outcome: Outcome) -> list[str]:
    """That no service has the deployment."""
    if not outcome.has_no_service or not report.releases:
        return []
    repository = report.releases[0][0]
    mapping = command("service map-repository", "SERVICE", repository)
    return [f"Note: {repository} is not mapped to a service, and no --service was given. Map it: {mapping}"]


def _read_record(answer: dict[str, Any]) -> Outcome:
    verdict = answer.get("verdict")
    if not isinstance(verdict, dict):
        raise Refused("answer", "The server is not Shipledger: its answer has no verdict.")
    return Outcome(
        request_id=str(answer.get("request_id", "")),
        is_settled=True,
        status=_status_of(verdict),
        deployment_id=str(answer.get("id", "")),
        has_no_service=answer.get("service") is None,
    )


def _wait(calls: ServerCalls, request_id: str, variable: str) -> Outcome:
    verdict = wait_for_verdict(calls, request_id, variable=variable)
    return Outcome(
        request_id=request_id,
        is_settled=True,
        is_success=verdict.get("kind") != _REJECTED,
        status=_status_of(verdict),
        deployment_id=str(verdict.get("deployment_id") or ""),
    )


def _status_of(verdict: dict[str, Any]) -> str:
    kind, sentence = str(verdict.get("kind", "")), str(verdict.get("sentence") or "")
    return f"{kind}: {sentence}" if sentence else kind


DELIVERY = Delivery(to_body=to_body, deliver=deliver, list_notes=list_notes)
