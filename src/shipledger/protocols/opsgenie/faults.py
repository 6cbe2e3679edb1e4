"""Every error answer of this API: which status, which words. The one place where error kinds meet the wire."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from msgspec import UNSET, UnsetType

from shipledger.access.grant import Scope
from shipledger.access.limits import Throttle
from shipledger.errors import (
    BodyNotRead,
    BodyNotUnpacked,
    Conflict,
    DamagedRecord,
    Denied,
    Invalid,
    NotFound,
    ShipledgerError,
    Unavailable,
)
from shipledger.http.body import BodyTooLarge
from shipledger.http.refused import Refusal
from shipledger.protocols.opsgenie.wire import ErrorOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError

NOT_PERMITTED = 40301
NOT_SUPPORTED = 40302
ERROR_TYPE_HEADER = "X-Opsgenie-Errortype"
NOT_PROCESSED = "RequestNotProcessed"

_DECODER = msgspec.json.Decoder(ErrorOut)

BODY_NOT_PROCESSABLE = "Request body is not processable. Please check the errors."
PARAMETERS_NOT_PROCESSABLE = "Request parameters are not processable. Please check the errors."


class Fault(Exception):
    """An error answer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: int | UnsetType = UNSET,
        errors: dict[str, str] | UnsetType = UNSET,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = ErrorOut(message=message, code=code, errors=errors)
        self.headers = headers or {}


class ThrottledError(Fault):
    """The credential has exceeded its limit."""

    def __init__(self, throttle: Throttle) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            "You are making too many requests!",
            headers={"Retry-After": str(max(throttle.retry_after_seconds, 1))},
        )


def not_authenticated() -> Fault:
    """The key is missing, unknown or revoked."""
    return Fault(HTTPStatus.UNAUTHORIZED, "Could not authenticate", headers={"WWW-Authenticate": "GenieKey"})


def wrong_kind_of_key() -> Fault:
    """The key is good, but for something else."""
    return Fault(
        HTTPStatus.FORBIDDEN,
        "To perform this action, use an API key from an API integration.",
        code=NOT_PERMITTED,
    )


def right_is_missing(scope: Scope) -> Fault:
    """The key lacks a right; the sentence says which, and how to get it."""
    return Fault(
        HTTPStatus.FORBIDDEN,
        f"This API key lacks the right '{scope.value}'. Use a key that has it; an administrator makes one with "
        f"'shipledger credential create opsgenie --name NAME --scope {scope.value}'.",
        code=NOT_PERMITTED,
    )


def not_supported(reason: str) -> Fault:
    """There is no such thing here, and there will be none."""
    return Fault(HTTPStatus.FORBIDDEN, reason, code=NOT_SUPPORTED)


def request_not_processed() -> Fault:
    """The request is durable and not decided yet. Clients go on polling on this header alone."""
    return Fault(HTTPStatus.NOT_FOUND, "Request not processed", headers={ERROR_TYPE_HEADER: NOT_PROCESSED})


def not_found(message: str) -> Fault:
    """Nothing has this name."""
    return Fault(HTTPStatus.NOT_FOUND, message)


def fault_of_body(error: BodyTooLarge | UnreadableJsonError | UnwieldyJsonError) -> Fault:
    """What is wrong with a body that could not be looked into."""
    if isinstance(error, BodyTooLarge):
        return Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body is larger than 1 MiB.")
    if isinstance(error, UnreadableJsonError):
        return Fault(HTTPStatus.BAD_REQUEST, "Request body is not valid JSON.")
    return Fault(HTTPStatus.UNPROCESSABLE_ENTITY, BODY_NOT_PROCESSABLE, errors={"body": f"should {error.wish}"})


def fault_of(error: ShipledgerError) -> Fault:
    """The answer to an error of the ledger."""
    if isinstance(error, BodyNotRead | BodyNotUnpacked):
        return _fault_of_form(error)
    if isinstance(error, Invalid):
        message = PARAMETERS_NOT_PROCESSABLE if error.code == "parameters" else BODY_NOT_PROCESSABLE
        return Fault(HTTPStatus.UNPROCESSABLE_ENTITY, message, errors=error.fields or {"body": error.message})
    if isinstance(error, NotFound):
        return not_found(error.message)
    if isinstance(error, Conflict | Denied):
        is_denied = isinstance(error, Denied)
        status = HTTPStatus.FORBIDDEN if is_denied else HTTPStatus.CONFLICT
        return Fault(status, error.message, code=NOT_PERMITTED if is_denied else UNSET)
    if isinstance(error, Unavailable):
        headers = {"Retry-After": str(max(error.retry_after_seconds, 1))}
        return Fault(HTTPStatus.SERVICE_UNAVAILABLE, error.message, headers=headers)
    message = error.message if isinstance(error, DamagedRecord) else "Internal Server Error"
    return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def fault_of_status(status: int, *, path: str, method: str, headers: dict[str, str] | None = None) -> Fault:
    """The answer to a fault that was found outside the endpoints."""
    if status == HTTPStatus.NOT_FOUND:
        message = f"Path {path} does not exist."
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        message = f"Method {method} is not allowed here. Allowed: {(headers or {}).get('Allow', 'none')}."
    elif status == HTTPStatus.REQUEST_TIMEOUT:
        message = "Request body came too slowly."
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        message = "Nothing was recorded. Please send the request again."
    else:
        message = "Internal Server Error"
    return Fault(status, message, headers=headers)


def _fault_of_form(error: BodyNotRead | BodyNotUnpacked) -> Fault:
    if isinstance(error, BodyNotRead):
        return Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error.message, headers=error.headers)
    return Fault(HTTPStatus.BAD_REQUEST, error.message)


def read_refusal(body: bytes) -> Refusal:
    """What an error answer of this API says."""
    said = _DECODER.decode(body)
    errors = {} if said.errors is UNSET else said.errors
    sentence = " ".join([said.message, *(f"{name} {text}." for name, text in errors.items())])
    return Refusal("" if said.code is UNSET else str(said.code), sentence)
