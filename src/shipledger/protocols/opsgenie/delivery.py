"""Send a report through the Opsgenie API, for senders that only have an Opsgenie key."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx2

from shipledger.protocols.opsgenie.report import BETTER, find_renamed_repositories, to_body
from shipledger.reporting.report import Report
from shipledger.reporting.reporter import Delivery
from shipledger.reporting.server_calls import Outcome, ServerCalls, read_object, to_error
from shipledger.shell_words import command

_NOT_PROCESSED = "RequestNotProcessed"


def deliver(calls: ServerCalls, report: Report, *, is_waiting: bool, variable: str) -> Outcome:
    """The outcome of a report that the server has stored. Raises Denied, Refused, NotFound and Unavailable.

    Safe to repeat: the server recognizes a repeated report and records it once.
    """
    body = to_body(report, find_start(calls, report))
    response = calls.request("POST", "/v2/deployments", json=body)
    if response.status_code != httpx2.codes.ACCEPTED:
        raise to_error(response, variable=variable)
    request_id = str(read_object(response).get("requestId", ""))
    return _wait(calls, request_id, variable) if is_waiting else Outcome(request_id=request_id, is_settled=False)


def describe_body(report: Report) -> dict[str, Any]:
    """What would be sent, as far as known without asking the server for an earlier call of this attempt."""
    return to_body(report, report.started_at or report.job_started_at or report.told_at)


def list_notes(report: Report, _outcome: Outcome) -> list[str]:
    """That repositories are recorded under other names."""
    return [
        f"Note: {repository} is recorded as {recorded}, because the Opsgenie API only knows Bitbucket Cloud. {BETTER} "
        f"Until then, map the recorded name: {command('service map-repository', 'SERVICE', recorded)}"
        for repository, recorded in find_renamed_repositories(report)
    ]


def find_start(calls: ServerCalls, report: Report) -> str:
    """The start: from the caller, else from an earlier call of this attempt, else from the CI job, else now.

    An earlier attempt ended before this job began; some CI systems distinguish attempts in no other way.
    """
    if report.started_at:
        return report.started_at
    known = _find_known(calls, report) if report.external_id else None
    if known is not None:
        ended_at = known.get("completedAt")
        if not ended_at or not report.job_started_at or _read_time(report.job_started_at) <= _read_time(ended_at):
            return str(known["startedAt"])
    return report.job_started_at or report.told_at


def _find_known(calls: ServerCalls, report: Report) -> dict[str, Any] | None:
    """The deployment with this external id in this environment; None if there is none or it is not readable."""
    response = calls.request("GET", f"/v2/deployments/{quote(report.external_id, safe='')}", params={"type": "api"})
    if response.status_code != httpx2.codes.OK:
        return None
    data = read_object(response).get("data") or {}
    is_same = data.get("environment", {}).get("id") == report.environment_id
    return data if is_same and data.get("startedAt") else None


def _wait(calls: ServerCalls, request_id: str, variable: str) -> Outcome:
    while True:
        response = calls.request("GET", f"/v2/deployments/requests/{request_id}")
        if response.status_code == httpx2.codes.OK:
            data = read_object(response).get("data") or {}
            return Outcome(
                request_id=request_id,
                is_settled=True,
                is_success=bool(data.get("isSuccess")),
                status=str(data.get("status", "")),
                deployment_id=str(data.get("deploymentId", "")),
            )
        if response.headers.get("X-Opsgenie-Errortype") != _NOT_PROCESSED:
            raise to_error(response, variable=variable)
        calls.poll_again(request_id)


def _read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


DELIVERY = Delivery(to_body=describe_body, deliver=deliver, list_notes=list_notes)
