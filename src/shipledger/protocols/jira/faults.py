"""Every error answer of this API: which status, which words. The one place where error kinds meet the wire."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.errors import BodyNotRead, Conflict, DamagedRecord, Denied, Invalid, NotFound, ShipledgerError, Unavailable
from shipledger.http.refused import Refusal
from shipledger.protocols.jira.wire import ErrorOut, GatewayErrorOut, TokenErrorOut
from shipledger.protocols.wire_json import encode_json

NOT_AUTHENTICATED = "Missing or invalid token"
NO_DATA = "No data found for the given deployment key"
NOT_KEPT = "No data found: this server does not keep it"
UNKNOWN_CLOUD = "No site with this cloud id"
UNKNOWN_KEY = "No key with this id"
NO_PROPERTY = "At least one property parameter is required"

GATEWAY_PREFIXES = ("/jira/", "/ex/jira/")
"""Where the vendor's API gateway stands in front, which answers 401 and 403 in its own form."""

CHALLENGE = {"WWW-Authenticate": "Bearer, JWT"}
"""Both kinds of token are good for every operation."""

_DECODERS: tuple[msgspec.json.Decoder[Any], ...] = tuple(
    msgspec.json.Decoder(kind) for kind in (list[ErrorOut], GatewayErrorOut, TokenErrorOut)
)

_GATEWAY_WORDS = {HTTPStatus.UNAUTHORIZED: "Unauthorized", HTTPStatus.FORBIDDEN: "Forbidden"}
_STATUS_WORDS = {
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Method not allowed",
    HTTPStatus.REQUEST_TIMEOUT: "The request body came too slowly",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing was recorded, please send the request again",
}


class Fault(Exception):
    """An error answer. ``gateway`` is the whole of it under the gateway's prefixes, where that differs."""

    def __init__(
        self,
        status: int,
        *messages: str,
        headers: dict[str, str] | None = None,
        gateway: GatewayErrorOut | None = None,
    ) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages
        self.headers = headers or {}
        self.gateway = gateway


def to_response(fault: Fault, raw_path: str) -> Response:
    """The answer to a request for ``raw_path``: an array with at least one element, except from the gateway."""
    gateway = fault.gateway
    if gateway is None and fault.status in _GATEWAY_WORDS:
        gateway = GatewayErrorOut(fault.status, _GATEWAY_WORDS[HTTPStatus(fault.status)])
    if gateway is not None and raw_path.startswith(GATEWAY_PREFIXES):
        challenge = CHALLENGE if gateway.code == HTTPStatus.UNAUTHORIZED else {}
        return to_json(gateway.code, gateway, fault.headers | challenge)
    return to_json(fault.status, [ErrorOut(message) for message in fault.messages], fault.headers)


def to_json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    """An answer with a JSON body."""
    return Response(encode_json(body), int(status), headers, media_type="application/json")


def not_authenticated() -> Fault:
    """No token, or none that is good. Why, only the log says."""
    return Fault(HTTPStatus.UNAUTHORIZED, NOT_AUTHENTICATED, headers=CHALLENGE)


def scope_is_missing(scope: Scope, *, is_app: bool) -> Fault:
    """The credential may not do this."""
    if is_app:
        return Fault(HTTPStatus.FORBIDDEN, f"The app does not define the {scope.upper()} scope")
    return Fault(
        HTTPStatus.FORBIDDEN,
        f"The credential does not have the {scope.upper()} permission for deployments",
        gateway=GatewayErrorOut(HTTPStatus.UNAUTHORIZED, "Unauthorized; scope does not match"),
    )


def is_throttled(retry_after_seconds: int) -> Fault:
    """The credential has exceeded its limit."""
    return Fault(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", headers={"Retry-After": str(max(retry_after_seconds, 1))})


def is_too_large(limit_bytes: int) -> Fault:
    """The body is larger than its limit."""
    return Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request body must have at most {limit_bytes} bytes")


def is_not_readable(messages: Sequence[str]) -> Fault:
    """The request as a whole is refused."""
    return Fault(HTTPStatus.BAD_REQUEST, *messages)


def has_no_data(message: str = NO_DATA) -> Fault:
    """Nothing has this name."""
    return Fault(HTTPStatus.NOT_FOUND, message)


def fault_of(error: ShipledgerError) -> Fault:
    """The answer to an error of the ledger."""
    if isinstance(error, BodyNotRead):
        return Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error.message, headers=error.headers)
    if isinstance(error, Invalid):
        return is_not_readable(tuple(error.fields.values()) or (error.message,))
    if isinstance(error, NotFound):
        return has_no_data(error.message)
    if isinstance(error, Conflict | Denied):
        return Fault(HTTPStatus.CONFLICT if isinstance(error, Conflict) else HTTPStatus.FORBIDDEN, error.message)
    if isinstance(error, Unavailable):
        headers = {"Retry-After": str(max(error.retry_after_seconds, 1))}
        return Fault(HTTPStatus.SERVICE_UNAVAILABLE, error.message, headers=headers)
    message = error.message if isinstance(error, DamagedRecord) else "Internal server error"
    return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def fault_of_status(status: int, headers: dict[str, str] | None = None) -> Fault:
    """The answer to a fault that was found outside the endpoints."""
    return Fault(status, _STATUS_WORDS.get(HTTPStatus(status), "Internal server error"), headers=headers)


def read_refusal(body: bytes) -> Refusal:
    """What an error answer of this API says. The Jenkins plugin is answered with a plain sentence."""
    for decoder in _DECODERS:
        with contextlib.suppress(msgspec.DecodeError, UnicodeError):
            return _to_refusal(decoder.decode(body))
    return Refusal("", body.decode("utf-8", "replace"))


def _to_refusal(said: object) -> Refusal:
    if isinstance(said, GatewayErrorOut):
        return Refusal(str(said.code), said.message)
    if isinstance(said, TokenErrorOut):
        return Refusal(said.error, said.error_description)
    return Refusal("", "; ".join(one.message for one in said) if isinstance(said, list) else "")
