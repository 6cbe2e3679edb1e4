"""Send marks to a server, and wait for the verdict."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx2

from shipledger.errors import Invalid, NotFound
from shipledger.reporting.server_calls import Refused, ServerCalls, describe, read_object, to_error

VARIABLE = "SHIPLEDGER_TOKEN"


def send_marks(
    path: str, body: dict[str, Any], *, url: str, patience_seconds: float, note: Callable[[str], None]
) -> dict[str, Any]:
    """The record at ``path`` after its marks, with the verdict. Raises Denied, Refused, NotFound, Unavailable and Invalid."""
    token = os.environ.get(VARIABLE, "").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Invalid("token", f"Set {VARIABLE} to a token; `shipledger credential create native --name NAME` creates one.")
    calls = ServerCalls(url=url, authorization=f"Bearer {token}", patience_seconds=patience_seconds, note=note)
    try:
        return _send(calls, path, body)
    finally:
        calls.close()


def _send(calls: ServerCalls, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = calls.request("POST", f"{path}/marks", json=body)
    if response.status_code == httpx2.codes.ACCEPTED:
        return _wait(calls, path, str(read_object(response).get("request_id", "")))
    if response.status_code == httpx2.codes.NOT_FOUND:
        raise NotFound("record", describe(response))
    if response.status_code != httpx2.codes.OK:
        raise to_error(response, variable=VARIABLE)
    return read_object(response)


def _wait(calls: ServerCalls, path: str, request_id: str) -> dict[str, Any]:
    while True:
        response = calls.request("GET", f"/ledger/v1/requests/{request_id}")
        if response.status_code != httpx2.codes.OK:
            raise to_error(response, variable=VARIABLE)
        answer = read_object(response)
        verdicts = answer.get("verdicts") or []
        if verdicts and verdicts[0].get("kind") == "rejected":
            raise Refused("rejected", str(verdicts[0].get("sentence")))
        if verdicts:
            return {**read_object(calls.request("GET", path)), "request_id": request_id, "verdict": verdicts[0]}
        calls.poll_again(request_id)
