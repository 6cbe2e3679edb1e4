"""Delivers a report to a server over HTTP, patiently."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Struct

from shipledger.errors import Denied, Invalid, NotFound, ShipledgerError, Unavailable

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
POLL_SECONDS = 0.5
REQUEST_SECONDS = 20.0

_NOT_PROCESSED = "RequestNotProcessed"
_STATUS_OK = 200
_STATUS_ACCEPTED = 202
_STATUS_NOT_FOUND = 404
_STATUS_TOO_MANY = 429
_STATUS_SERVER_FAULT = 500


class Refused(ShipledgerError):
    """The server understood and refused; sending it again changes nothing."""


class Outcome(Struct, frozen=True):
    """What became of a delivered report, once it was settled."""

    is_success: bool
    status: str
    deployment_id: str


class Delivery:
    """One server, reached within ``patience_seconds`` altogether.

    Sending again is safe: the server recognizes a repeated report and records it once.
    """

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        patience_seconds: float,
        note: Callable[[str], None],
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        base = url.rstrip("/")
        if not base.startswith(("http://", "https://")):
            raise Invalid("url", f"{url!r} is no address of a server; it begins with http:// or https://.")
        if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise Invalid("api_key", "SHIPLEDGER_API_KEY is no key; copy it again as `shipledger credential create` printed it.")
        self._client = httpx.Client(
            base_url=base, headers={"Authorization": f"GenieKey {api_key}"}, timeout=REQUEST_SECONDS, transport=transport
        )
        self._note = note
        self._monotonic = monotonic
        self._sleep = sleep
        self._deadline = monotonic() + patience_seconds

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def find_start(self, external_id: str, environment_id: str) -> str | None:
        """When the known deployment with this external id in this environment began; None when there is none to be seen."""
        response = self._request("GET", f"/v2/deployments/{quote(external_id, safe='')}", params={"type": "api"})
        if response.status_code != _STATUS_OK:
            return None
        data = _read(response).get("data") or {}
        is_same = data.get("environment", {}).get("id") == environment_id
        return data.get("startedAt") if is_same else None

    def send(self, body: dict[str, Any]) -> str:
        """The request id under which the server has durably accepted the report. Raises Refused, Denied, Unavailable."""
        response = self._request("POST", "/v2/deployments", json=body)
        if response.status_code != _STATUS_ACCEPTED:
            raise _to_error(response)
        return str(_read(response).get("requestId", ""))

    def wait_for_outcome(self, request_id: str) -> Outcome:
        """What became of an accepted report. Raises Unavailable when the server does not settle it in time."""
        while True:
            response = self._request("GET", f"/v2/deployments/requests/{request_id}")
            if response.status_code == _STATUS_OK:
                data = _read(response).get("data") or {}
                return Outcome(
                    is_success=bool(data.get("isSuccess")),
                    status=str(data.get("status", "")),
                    deployment_id=str(data.get("deploymentId", "")),
                )
            if response.headers.get("X-Opsgenie-Errortype") != _NOT_PROCESSED:
                raise _to_error(response)
            if self._monotonic() + POLL_SECONDS >= self._deadline:
                raise Unavailable(
                    "not_settled",
                    f"The server has accepted the report (request {request_id}) but not settled it in time; nothing is lost.",
                )
            self._sleep(POLL_SECONDS)

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The first answer that is neither 429 nor 5xx. Raises Unavailable when patience ends."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                response = self._client.request(method, path, **options)
            except httpx.TransportError as error:
                problem, told_seconds = f"{type(error).__name__}: {error}", 0.0
            except httpx.InvalidURL as error:
                raise Invalid("url", f"The address of the server cannot be used: {error}.") from None
            else:
                if response.status_code != _STATUS_TOO_MANY and response.status_code < _STATUS_SERVER_FAULT:
                    return response
                problem, told_seconds = _describe(response), _retry_after_seconds(response)
            wait_seconds = max(told_seconds, pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311  spreads clients, no secret
            if self._monotonic() + wait_seconds >= self._deadline:
                raise Unavailable("server", f"The server at {self._client.base_url} cannot take it now. {problem}")
            self._note(f"{problem} Trying again in {wait_seconds:.1f} s.")
            self._sleep(wait_seconds)
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        answer = None
    if not isinstance(answer, dict):
        raise Refused("answer", f"What answers at {response.url} is no Shipledger: {response.status_code} without JSON.")
    return answer


def _to_error(response: httpx.Response) -> ShipledgerError:
    sentence = _describe(response)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return Denied("unauthorized", f"{sentence} Check SHIPLEDGER_API_KEY.")
    if response.status_code == httpx.codes.FORBIDDEN:
        return Denied("forbidden", sentence)
    if response.status_code == _STATUS_NOT_FOUND:
        return NotFound("not_found", f"{sentence} Check SHIPLEDGER_URL.")
    return Refused("refused", sentence)


def _describe(response: httpx.Response) -> str:
    try:
        answer = _read(response)
    except Refused:
        return f"The server answered {response.status_code} {response.reason_phrase}."
    errors = answer.get("errors")
    faults = [f"{place} {text}" for place, text in errors.items()] if isinstance(errors, dict) else []
    message = str(answer.get("message", "")).rstrip(".")
    return f"The server answered {response.status_code}: {'; '.join([message, *faults])}."


def _retry_after_seconds(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0
