"""The token endpoint: a client's id and secret for an access token of a quarter of an hour (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.access_token import TOKEN_SECONDS
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import decode_text, read_content
from shipledger.protocols.jira.credentials import CLIENT
from shipledger.protocols.jira.faults import fault_of, is_too_large, to_json, to_response
from shipledger.protocols.jira.wire import TokenErrorOut, TokenOut
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, decode_body
from shipledger.verbs.credentials import CredentialVerbs

BODY_LIMIT_BYTES = 8 * 1024
"""An id, a secret and a few words: whoever sends them has not proven anything yet."""
FIELDS_LIMIT = 100
GRANT_TYPE = "client_credentials"
FORM = "application/x-www-form-urlencoded"
NOT_STORED = {"Cache-Control": "no-store"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Shipledger"'}
"""RFC 6749, 5.2: a client may send its id and secret in this way, too."""


class TokenEndpoint:
    """Exchanges a client's credentials for a token."""

    def __init__(self, ledger: CredentialVerbs) -> None:
        self._ledger = ledger

    async def answer(self, request: Request) -> Response:
        """An access token, or why there is none."""
        try:
            return await self._exchange(request)
        except BodyTooLarge as error:
            return to_response(is_too_large(error.limit_bytes), request.scope["path"])
        except ShipledgerError as error:
            return to_response(fault_of(error), request.scope["path"])

    async def _exchange(self, request: Request) -> Response:
        members = {
            **_read_members(await read_content(request, BODY_LIMIT_BYTES), request.headers.get("content-type", "")),
            **_read_basic(request.headers.get("authorization", "")),
        }
        missing = [name for name in ("grant_type", "client_id", "client_secret") if not _text(members, name)]
        if "grant_type" in missing:
            return _refuse(HTTPStatus.BAD_REQUEST, "invalid_request", "grant_type is missing")
        if members["grant_type"] != GRANT_TYPE:
            return _refuse(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", f"Only {GRANT_TYPE} is supported")
        if missing:
            return _refuse(HTTPStatus.BAD_REQUEST, "invalid_request", f"{missing[0]} is missing")
        token = await self._ledger.issue_access_token(CLIENT, _text(members, "client_id"), _text(members, "client_secret"))
        if token is None:
            return _refuse(HTTPStatus.UNAUTHORIZED, "access_denied", "Unauthorized")
        return to_json(HTTPStatus.OK, TokenOut(access_token=token, expires_in=TOKEN_SECONDS), NOT_STORED)


def _refuse(status: int, error: str, description: str) -> Response:
    challenge = CHALLENGE if status == HTTPStatus.UNAUTHORIZED else {}
    return to_json(status, TokenErrorOut(error, description), NOT_STORED | challenge)


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _read_members(raw: bytes, content_type: str) -> dict[str, Any]:
    """The members of a JSON object, or of a form; nothing of a body that is neither, as then all are missing."""
    try:
        text = decode_text(raw)
        if FORM not in content_type.lower():
            value = decode_body(text)
            return value if isinstance(value, dict) else {}
        return dict(parse_qsl(text, max_num_fields=FIELDS_LIMIT))
    except (UnreadableJsonError, UnwieldyJsonError, ValueError):
        return {}


def _read_basic(header: str) -> dict[str, str]:
    """Id and secret from ``Authorization: Basic``, each percent-encoded (RFC 6749, 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return {}
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}
