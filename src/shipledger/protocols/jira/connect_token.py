"""Connect tokens: JWTs that an app signs with the secret that it shares with us. Pure; the time is given."""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import jwt
from jwt.types import Options

from shipledger.http.body_text import decode_text
from shipledger.protocols.jira.qsh import is_hash_of
from shipledger.protocols.wire_json import decode_json

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 3600
CONTEXT_QSH = "context-qsh"

LENGTH_LIMIT = 8 * 1024
"""How long a token in a header may be; those of apps have some hundred characters."""

HEAD_LIMIT = 4 * 1024
"""How long its first part may be, which is read before anything is proven."""

SIGNATURE_LIMIT = 100
CLAIMS_LIMIT = 1_000
"""How many values its claims may hold."""

PATH_LIMIT = 16 * 1024
PARAMETERS_LIMIT = 200
"""What of a request is hashed: a path has two ids of 255 characters, and no operation takes more than a few parameters."""

_UNREADABLE = (jwt.InvalidTokenError, ValueError, RecursionError)
"""What a token that is none makes PyJWT raise; the last one when its claims are nested deeper than Python's stack."""

_UNCHECKED: Options = {"verify_signature": False}
_SIGNATURES = jwt.PyJWS()


class TokenRefused(Exception):
    """The token does not prove what it claims. The text is for the log and never for the caller."""


def read_issuer(token: str) -> str:
    """Whom the token claims to be from, not yet proven. Raises TokenRefused."""
    if len(token) > LENGTH_LIMIT:
        raise TokenRefused(f"it has more than {LENGTH_LIMIT} characters")
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        issuer = jwt.decode(token, options=_UNCHECKED).get("iss")
    except _UNREADABLE as error:
        raise TokenRefused(f"it is not a JWT: {type(error).__name__}") from None
    if algorithm != ALGORITHM:
        raise TokenRefused(f"its algorithm is not {ALGORITHM}")
    if not isinstance(issuer, str) or not issuer:
        raise TokenRefused("it has no issuer")
    return issuer


def find_signer(token: str, secrets: Sequence[str]) -> int:
    """Which of ``secrets`` signed the token, by a digest for each and before anything of it is read. Raises TokenRefused."""
    signed, _, signature = token.rpartition(".")
    content, given = signed.encode("ascii", "replace"), _decode_signature(signature)
    for place, secret in enumerate(secrets):
        if hmac.compare_digest(hmac.digest(secret.encode(), content, "sha256"), given):
            return place
    raise TokenRefused("no installation of its issuer has signed it")


def verify(token: str, secret: str, *, now: datetime, max_values: int = CLAIMS_LIMIT) -> dict[str, Any]:
    """The claims of a token that ``secret`` signed and that is valid at ``now``. Raises TokenRefused."""
    if len(token.partition(".")[0]) > HEAD_LIMIT:
        raise TokenRefused(f"its head has more than {HEAD_LIMIT} characters")
    try:
        payload = _SIGNATURES.decode(token, secret, algorithms=[ALGORITHM])
    except _UNREADABLE as error:
        raise TokenRefused(f"its signature is not valid: {type(error).__name__}") from None
    try:
        claims = decode_json(decode_text(payload), max_values=max_values)
    except ValueError as error:
        raise TokenRefused(f"its claims cannot be read: {error}") from None
    if not isinstance(claims, dict):
        raise TokenRefused("it has no claims")
    _check_times(claims, now.timestamp())
    return claims


def check_request(claims: dict[str, Any], method: str, raw_path: str, raw_query: str, *, base_path: str) -> None:
    """Return when the token was made for this request. Raises TokenRefused."""
    claimed = claims.get("qsh")
    if not isinstance(claimed, str):
        raise TokenRefused("it has no qsh")
    if claimed == CONTEXT_QSH:
        raise TokenRefused("its qsh is the fixed one of browser contexts")
    if len(raw_path) > PATH_LIMIT or raw_query.count("&") >= PARAMETERS_LIMIT:
        raise TokenRefused(
            f"its request has a path of more than {PATH_LIMIT} characters or more than {PARAMETERS_LIMIT} parameters"
        )
    if not is_hash_of(claimed, method, raw_path, raw_query, base_path=base_path):
        raise TokenRefused("its qsh belongs to another request")


def _decode_signature(text: str) -> bytes:
    """The digest in the last part of a token; nothing, which no digest is, for what is none."""
    if len(text) > SIGNATURE_LIMIT:
        return b""
    try:
        return urlsafe_b64decode(text.encode("ascii", "replace") + b"==")
    except binascii.Error:
        return b""


def _check_times(claims: dict[str, Any], now: float) -> None:
    issued_at, expires_at = _seconds(claims, "iat"), _seconds(claims, "exp")
    if issued_at > now + LEEWAY_SECONDS:
        raise TokenRefused("it was issued in the future")
    if expires_at < now - LEEWAY_SECONDS:
        raise TokenRefused("it has expired")
    if expires_at - issued_at > LONGEST_LIFE_SECONDS:
        raise TokenRefused(f"it lives longer than {LONGEST_LIFE_SECONDS} seconds")
    if "nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY_SECONDS:
        raise TokenRefused("it is not valid yet")


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise TokenRefused(f"its {name} is missing or not a whole number of seconds")
    return value
