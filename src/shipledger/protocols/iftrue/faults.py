"""Every error answer of this API: which status, which words. The one place where error kinds meet the wire."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from shipledger.access.limits import Throttle
from shipledger.errors import BodyNotRead, BodyNotUnpacked, DamagedRecord, Invalid, ShipledgerError, Unavailable
from shipledger.http.body import BodyTooLarge
from shipledger.http.refused import Refusal
from shipledger.protocols.iftrue.wire import ErrorOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError

_DECODER = msgspec.json.Decoder(ErrorOut)


class Fault(Exception):
    """An error answer."""

    def __init__(
        self, status: int, message: str, *, errors: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = HTTPStatus(status)
        body = ErrorOut(status_code=self.status.value, message=message, error=_PHRASES.get(self.status, self.status.phrase))
        self.body = ErrorOut(body.status_code, message, body.error, errors) if errors else body
        self.headers = headers or {}


_PHRASES = {HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Entity", HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Payload Too Large"}
"""Names of statuses that newer Pythons have changed."""


def not_authenticated() -> Fault:
    """One text for every reason: the reason is in the server's log."""
    return Fault(HTTPStatus.UNAUTHORIZED, "The token is missing or not valid", headers={"WWW-Authenticate": "Bearer"})


def right_is_missing() -> Fault:
    """The token is good and lacks the right to write."""
    return Fault(HTTPStatus.FORBIDDEN, "This token may not record deployments")


def too_many(throttle: Throttle) -> Fault:
    """The credential has exceeded its limit."""
    seconds = max(throttle.retry_after_seconds, 1)
    return Fault(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too many requests, try again in {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )


def fault_of(error: Exception) -> Fault:
    """The answer to an error that is not one of this API's own."""
    if isinstance(error, BodyTooLarge | BodyNotRead | BodyNotUnpacked | UnreadableJsonError):
        return _fault_of_body(error)
    if isinstance(error, UnwieldyJsonError):
        return _unprocessable({"body": f"should {error.wish}"})
    if isinstance(error, Invalid):
        return _unprocessable(error.fields or {"body": error.message})
    if isinstance(error, Unavailable):
        headers = {"Retry-After": str(max(error.retry_after_seconds, 1))}
        return Fault(HTTPStatus.SERVICE_UNAVAILABLE, error.message, headers=headers)
    message = error.message if isinstance(error, DamagedRecord) else "Internal Server Error"
    return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def fault_of_status(status: int, *, path: str, method: str, headers: dict[str, str]) -> Fault:
    """The answer to a fault that was found outside the endpoint."""
    if status == HTTPStatus.NOT_FOUND:
        return Fault(status, f"Path {path} does not exist")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Fault(status, f"Method {method} is not allowed here; use {headers.get('Allow', 'POST')}")
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Fault(status, "Request body came too slowly")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Fault(status, "Nothing was recorded; send the request again")
    return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


def fault_of_ours(error: ShipledgerError | None, status: int, *, path: str, method: str, headers: dict[str, str]) -> Fault:
    """The answer to ``error`` when there is one, else to the status."""
    return fault_of(error) if error is not None else fault_of_status(status, path=path, method=method, headers=headers)


def _unprocessable(errors: dict[str, str]) -> Fault:
    message = "; ".join(f"{member} {text}" for member, text in errors.items())
    return Fault(HTTPStatus.UNPROCESSABLE_ENTITY, message, errors=errors)


def _fault_of_body(error: BodyTooLarge | BodyNotRead | BodyNotUnpacked | UnreadableJsonError) -> Fault:
    if isinstance(error, BodyTooLarge):
        return Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body is larger than 1 MiB")
    if isinstance(error, BodyNotRead):
        return Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error.message, headers=error.headers)
    if isinstance(error, BodyNotUnpacked):
        return Fault(HTTPStatus.BAD_REQUEST, error.message)
    return Fault(HTTPStatus.BAD_REQUEST, "Request body is not valid JSON")


def read_refusal(body: bytes) -> Refusal:
    """What an error answer of this API says."""
    said = _DECODER.decode(body)
    return Refusal(said.error, said.message)
