"""Every error answer of this API.

A create is never refused with 404, 409, 413 or 422: the vendor's command takes those for success, so a lost deployment would hide
behind a green pipeline. 415 answers a content coding that this command never sends.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from msgspec import UNSET

from shipledger.errors import BodyNotRead, DamagedRecord, Invalid, ShipledgerError, Unavailable
from shipledger.http.body import BodyTooLarge
from shipledger.http.refused import Refusal
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.reading import Problem
from shipledger.protocols.datadog.wire import ErrorItemOut, ErrorsOut, SourceOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError

ITEMS_LIMIT = 20
FORBIDDEN = "Forbidden"
TOO_MANY_REQUESTS = "Too many requests"

_DECODER = msgspec.json.Decoder(dict[str, list[ErrorItemOut | str]])

_TEXTS = {
    HTTPStatus.FORBIDDEN: FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED: "Method Not Allowed",
    HTTPStatus.TOO_MANY_REQUESTS: TOO_MANY_REQUESTS,
}

_BODY_FAULTS: dict[type[Exception], str] = {
    BodyTooLarge: "the body is larger than 1 MiB",
    UnreadableJsonError: "the body is not valid JSON",
}


class Fault(Exception):
    """An error answer."""

    def __init__(self, status: int, *problems: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = HTTPStatus(status)
        self.headers = headers or {}
        if self.status in _TEXTS:
            self.body = ErrorsOut(errors=[_TEXTS[self.status]])
        else:
            self.body = ErrorsOut(errors=[self._to_item(problem) for problem in problems[:ITEMS_LIMIT]])

    def _to_item(self, problem: Problem) -> ErrorItemOut:
        return ErrorItemOut(
            status=str(self.status.value),
            title=self.status.phrase,
            detail=problem.detail,
            source=SourceOut(problem.pointer) if problem.pointer else UNSET,
        )


def forbidden() -> Fault:
    """A key is missing, unknown or revoked, or lacks the permission. Never 401: old versions of the CLI ignore that."""
    return Fault(HTTPStatus.FORBIDDEN)


def not_found(what: str) -> Fault:
    """Nothing has this name."""
    return Fault(HTTPStatus.NOT_FOUND, Problem(what))


def fault_of(error: Exception) -> Fault:
    """The answer to an error that is not one of this API's own."""
    if isinstance(error, BadRequestError):
        return Fault(HTTPStatus.BAD_REQUEST, *error.problems)
    if isinstance(error, UnwieldyJsonError):
        return Fault(HTTPStatus.BAD_REQUEST, Problem(f"the body must {error.wish}"))
    detail = next((detail for kind, detail in _BODY_FAULTS.items() if isinstance(error, kind)), None)
    detail = error.message if isinstance(error, Invalid) else detail
    if isinstance(error, BodyNotRead):
        return Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Problem(error.message), headers=error.headers)
    if detail is not None:
        return Fault(HTTPStatus.BAD_REQUEST, Problem(detail))
    if isinstance(error, Unavailable):
        headers = {"Retry-After": str(max(error.retry_after_seconds, 1))}
        return Fault(HTTPStatus.SERVICE_UNAVAILABLE, Problem(error.message), headers=headers)
    failed = error.message if isinstance(error, DamagedRecord) else "a fault of the server"
    return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, Problem(failed))


def fault_outside(error: ShipledgerError | None, status: int, path: str) -> Fault:
    """The answer to what was found outside the endpoints."""
    if error is not None:
        return fault_of(error)
    details = {
        HTTPStatus.NOT_FOUND: f"there is nothing at {path}",
        HTTPStatus.REQUEST_TIMEOUT: "the body came too slowly",
        HTTPStatus.SERVICE_UNAVAILABLE: "nothing was recorded; send the request again",
    }
    return Fault(status, Problem(details.get(HTTPStatus(status), "a fault of the server")))


def read_refusal(body: bytes) -> Refusal:
    """What an error answer of this API says."""
    said = _DECODER.decode(body).get("errors", [])
    code = next((one.title for one in said if isinstance(one, ErrorItemOut)), "")
    return Refusal(code, "; ".join(one if isinstance(one, str) else one.detail for one in said))
