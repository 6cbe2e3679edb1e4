"""HTTP calls to a server, with retries of temporary failures."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import httpx2
import msgspec
from msgspec import Struct

from shipledger.errors import Denied, Invalid, NotFound, ShipledgerError, Unavailable
from shipledger.reasons import reason_of
from shipledger.texts import storable_parts

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
POLL_SECONDS = 0.5
REQUEST_SECONDS = 20.0

_STATUS_TOO_MANY = 429
_STATUS_SERVER_FAULT = 500

_INVALID_URL = "The server URL is invalid. Write it like https://ledger.example.com."


class Refused(ShipledgerError):
    """The server refused the report; repeating it does not help."""


class Outcome(Struct, frozen=True):
    """The outcome of a report; ``status`` is a word or a sentence.

    ``is_settled``: it has a verdict; otherwise it is stored under ``request_id``. ``has_no_service``: no service has it.
    """

    request_id: str
    is_settled: bool
    is_success: bool = True
    status: str = ""
    deployment_id: str = ""
    has_no_service: bool = False


class ServerCalls:
    """One server and one secret. All calls together take at most ``patience_seconds``."""

    def __init__(
        self,
        *,
        url: str,
        authorization: str,
        patience_seconds: float,
        note: Callable[[str], None],
        transport: httpx2.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        base = url.rstrip("/")
        if not base.startswith(("http://", "https://")):
            raise Invalid("url", f"{url!r} is not a server URL; it must begin with http:// or https://.")
        headers = {"Authorization": authorization}
        try:
            self._client = httpx2.Client(base_url=base, headers=headers, timeout=REQUEST_SECONDS, transport=transport)
        except httpx2.InvalidURL:
            raise Invalid("url", _INVALID_URL) from None
        self._note = note
        self._monotonic = monotonic
        self._sleep = sleep
        self._deadline = monotonic() + patience_seconds

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """The first answer that is neither 429 nor 5xx. Raises Unavailable when the time is up.

        A command line may hold bytes that are no text: they are sent as U+FFFD.
        """
        options = {name: storable_parts(value) for name, value in options.items()}
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                response = self._client.request(method, path, **options)
            except httpx2.TransportError as error:
                problem, told_seconds = f"It cannot be reached: {_why(error)}.", 0.0
            except httpx2.InvalidURL:
                raise Invalid("url", _INVALID_URL) from None
            else:
                if response.status_code != _STATUS_TOO_MANY and response.status_code < _STATUS_SERVER_FAULT:
                    return response
                problem, told_seconds = describe(response), _retry_after_seconds(response)
            wait_seconds = max(told_seconds, pause_seconds * random.uniform(0.5, 1.0))  # noqa: S311  spreads clients, no secret
            if self._monotonic() + wait_seconds >= self._deadline:
                raise Unavailable("server", f"The server at {self._client.base_url} did not accept it. {problem}")
            self._note(f"{problem} Trying again in {wait_seconds:.1f} s.")
            self._sleep(wait_seconds)
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def poll_again(self, request_id: str) -> None:
        """Wait before asking for the outcome again. Raises Unavailable when the time is up."""
        if self._monotonic() + POLL_SECONDS >= self._deadline:
            raise Unavailable(
                "not_settled",
                f"The server accepted the report (request {request_id}) but did not settle it in time. Nothing is lost.",
            )
        self._sleep(POLL_SECONDS)


def is_sendable(secret: str) -> bool:
    """Whether a header can carry a secret. "" can be carried."""
    return secret.isascii() and secret.isprintable() and " " not in secret


def read_object(response: httpx2.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises Refused if it is not one."""
    try:
        answer = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        answer = None
    if not isinstance(answer, dict):
        raise Refused("answer", f"{response.url} is not Shipledger: it answered {response.status_code} without JSON.")
    return answer


def to_error(response: httpx2.Response, *, variable: str) -> ShipledgerError:
    """The error for an answer. ``variable`` is where the secret was found."""
    sentence = describe(response)
    if response.status_code == httpx2.codes.UNAUTHORIZED:
        return Denied("unauthorized", f"{sentence} Check {variable}.")
    if response.status_code == httpx2.codes.FORBIDDEN:
        return Denied("forbidden", sentence)
    if response.status_code == httpx2.codes.NOT_FOUND:
        return NotFound("not_found", f"{sentence} Check SHIPLEDGER_URL, and whether the server is older than this program.")
    return Refused("refused", sentence)


def describe(response: httpx2.Response) -> str:
    """The error in an answer, as one sentence."""
    try:
        answer = read_object(response)
    except Refused:
        return f"The server answered {response.status_code} {response.reason_phrase}."
    errors = answer.get("errors")
    faults = [f"{place} {text}" for place, text in errors.items()] if isinstance(errors, dict) else []
    said = str(answer.get("message") or ("" if faults else answer.get("detail")) or "").rstrip(".")
    return f"The server answered {response.status_code}: {'; '.join(filter(None, [said, *faults]))}."


def _retry_after_seconds(response: httpx2.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _why(error: httpx2.TransportError) -> str:
    if isinstance(error, httpx2.UnsupportedProtocol):
        return "its URL must begin with http:// or https://"
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.ProtocolError):
        return "what answers does not speak HTTP, or closed the connection"
    return reason_of(error, otherwise="the connection was closed")
