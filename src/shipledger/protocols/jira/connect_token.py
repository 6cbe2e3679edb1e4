"""Connect tokens: JWTs that an app signs with the secret that it shares with us. Pure; the time is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from jwt.types import Options

from shipledger.protocols.jira.qsh import is_hash_of

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
LONGEST_LIFE_SECONDS = 3600
CONTEXT_QSH = "context-qsh"

_UNREADABLE = (jwt.InvalidTokenError, ValueError, RecursionError)
"""What a token that is none makes PyJWT raise; the last one when its claims are nested deeper than Python's stack."""

_UNCHECKED: Options = {"verify_signature": False}
_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class TokenRefused(Exception):
    """The token does not prove what it claims. The text is for the log and never for the caller."""


def read_issuer(token: str) -> str:
    """Whom the token claims to be from, not yet proven. Raises TokenRefused."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        issuer = jwt.decode(token, options=_UNCHECKED).get("iss")
    except _UNREADABLE as error:
        raise TokenRefused(f"it is no JWT: {type(error).__name__}") from None
    if algorithm != ALGORITHM:
        raise TokenRefused(f"its algorithm is not {ALGORITHM}")
    if not isinstance(issuer, str) or not issuer:
        raise TokenRefused("it has no issuer")
    return issuer


def verify(token: str, secret: str, *, now: datetime) -> dict[str, Any]:
    """The claims of a token that ``secret`` signed and that is valid at ``now``. Raises TokenRefused."""
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except _UNREADABLE as error:
        raise TokenRefused(f"its signature is not good: {type(error).__name__}") from None
    _check_times(claims, now.timestamp())
    return claims


def check_request(claims: dict[str, Any], method: str, raw_path: str, raw_query: str, *, base_path: str) -> None:
    """Return when the token was made for this request. Raises TokenRefused."""
    claimed = claims.get("qsh")
    if not isinstance(claimed, str):
        raise TokenRefused("it has no qsh")
    if claimed == CONTEXT_QSH:
        raise TokenRefused("its qsh is the fixed one that pages in a browser hold")
    if not is_hash_of(claimed, method, raw_path, raw_query, base_path=base_path):
        raise TokenRefused("its qsh is that of another request")


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
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise TokenRefused(f"its {name} is missing or no whole number of seconds")
    return value
