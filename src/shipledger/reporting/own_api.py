"""Calls of Shipledger's own API by commands: the token of whoever runs them, and the verdict on what they sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2

from shipledger.errors import Invalid
from shipledger.reporting.server_calls import Refused, ServerCalls, is_sendable, read_object, to_error
from shipledger.texts import storable

VARIABLE = "SHIPLEDGER_TOKEN"


@contextmanager
def calls_with_token(url: str, *, patience_seconds: float, note: Callable[[str], None]) -> Iterator[ServerCalls]:
    """Calls with the token in the environment. Raises Invalid if there is none."""
    token = os.environ.get(VARIABLE, "").strip()
    if not token or not is_sendable(token):
        raise Invalid("token", f"Set {VARIABLE} to a token; `shipledger credential create native --name NAME` creates one.")
    calls = ServerCalls(url=url, authorization=f"Bearer {token}", patience_seconds=patience_seconds, note=note)
    try:
        yield calls
    finally:
        calls.close()


def path_of(folder: str, name: str) -> str:
    """The path of the record that somebody names, in whatever bytes."""
    return f"{folder}/{quote(storable(name), safe='')}"


def read_page(calls: ServerCalls, path: str, parameters: dict[str, str]) -> dict[str, Any]:
    """An answer to a question. Raises Denied, Refused, NotFound and Unavailable."""
    response = calls.request("GET", path, params=parameters)
    if response.status_code != httpx2.codes.OK:
        raise to_error(response, variable=VARIABLE)
    return read_object(response)


def send_record(calls: ServerCalls, path: str, body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer to a record that is written, and the verdict on it. Raises Denied, Refused, NotFound and Unavailable."""
    response = calls.request("POST", path, json=body)
    if response.status_code in (httpx2.codes.OK, httpx2.codes.CREATED):
        answer = read_object(response)
        return answer, answer.get("verdict") or {"kind": "applied"}
    if response.status_code != httpx2.codes.ACCEPTED:
        raise to_error(response, variable=VARIABLE)
    request_id = str(read_object(response).get("request_id", ""))
    verdict = wait_for_verdict(calls, request_id)
    if verdict.get("kind") == "rejected":
        raise Refused("rejected", str(verdict.get("sentence")))
    return {"request_id": request_id, "verdict": verdict}, verdict


def wait_for_verdict(calls: ServerCalls, request_id: str, *, variable: str = VARIABLE) -> dict[str, Any]:
    """The first verdict on a request that was stored, also if it is rejected.

    Raises Unavailable when the time is up, and Refused if the server could not process the request.
    """
    while True:
        response = calls.request("GET", f"/ledger/v1/requests/{request_id}")
        if response.status_code != httpx2.codes.OK:
            raise to_error(response, variable=variable)
        answer = read_object(response)
        verdicts = answer.get("verdicts") or []
        if verdicts:
            verdict: dict[str, Any] = verdicts[0]
            return verdict
        if answer.get("state") == "quarantined":
            raise Refused(
                "quarantined", f"The server stored the report but could not process it (request {request_id}). Ask its operator."
            )
        calls.poll_again(request_id)
