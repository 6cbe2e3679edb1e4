"""Send marks to a server, and wait for the verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from shipledger.errors import NotFound
from shipledger.reporting.own_api import VARIABLE, calls_with_token, read_page, wait_for_verdict
from shipledger.reporting.server_calls import Refused, ServerCalls, describe, read_object, to_error


def send_marks(
    path: str, body: dict[str, Any], *, url: str, patience_seconds: float, note: Callable[[str], None]
) -> dict[str, Any]:
    """The record at ``path`` after its marks, with the verdict. Raises Denied, Refused, NotFound, Unavailable and Invalid."""
    with calls_with_token(url, patience_seconds=patience_seconds, note=note) as calls:
        return mark(calls, path, body)


def mark(calls: ServerCalls, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same, over calls that are open."""
    response = calls.request("POST", f"{path}/marks", json=body)
    if response.status_code == httpx2.codes.ACCEPTED:
        request_id = str(read_object(response).get("request_id", ""))
        verdict = wait_for_verdict(calls, request_id)
        if verdict.get("kind") == "rejected":
            raise Refused("rejected", str(verdict.get("sentence")))
        return {**read_page(calls, path, {}), "request_id": request_id, "verdict": verdict}
    if response.status_code == httpx2.codes.NOT_FOUND:
        raise NotFound("record", describe(response))
    if response.status_code != httpx2.codes.OK:
        raise to_error(response, variable=VARIABLE)
    return read_object(response)
