"""JWTs issued by this installation for a credential. Only the credential is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt
from msgspec import Struct

from shipledger.clock import EPOCH

ALGORITHM = "HS256"
ISSUER = "shipledger"
LEEWAY = timedelta(seconds=60)
LIMIT_CHARACTERS = 8 * 1024

_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")},
}


class TokenKeys(Struct, frozen=True):
    """Tokens are signed with ``current``; those signed with ``previous``, if set, remain valid."""

    current: bytes
    previous: bytes | None = None

    def __repr__(self) -> str:
        """Without the keys: representations end up in logs."""
        return "TokenKeys()"


class Claims(Struct, frozen=True):
    """The claims of a token."""

    organization_id: str
    credential_id: str


class TokenRefused(Exception):
    """The token is invalid; the reason is only for the server's log. ``holder``: who got it, if this installation signed it."""

    holder: Claims | None = None


def mint_token(
    keys: TokenKeys, *, organization_id: str, credential_id: str, now: datetime, expires_at: datetime | None = None
) -> str:
    """A token for a credential, valid from now until ``expires_at``, if given."""
    claims: dict[str, object] = {"iss": ISSUER, "sub": credential_id, "org": organization_id, "iat": int(_seconds(now))}
    if expires_at is not None:
        claims["exp"] = int(_seconds(expires_at))
    return jwt.encode(claims, keys.current, algorithm=ALGORITHM)


def read_token(keys: TokenKeys, token: str, now: datetime) -> Claims:
    """The claims of a valid token. Raises TokenRefused.

    The algorithm is fixed here, not taken from the token; headers such as ``kid`` and ``jku`` are ignored.
    """
    if len(token) > LIMIT_CHARACTERS:
        raise TokenRefused("it is larger than 8 KiB")
    claims = _verify_signature(keys, token)
    if claims.get("iss") != ISSUER:
        raise TokenRefused("its issuer is not this program")
    holder = Claims(organization_id=_text(claims, "org"), credential_id=_text(claims, "sub"))
    try:
        _check_times(claims, now)
    except TokenRefused as error:
        error.holder = holder
        raise
    return holder


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    if _time(claims, "iat") > _seconds(now + LEEWAY):
        raise TokenRefused("it was issued in the future")
    if "exp" in claims and _time(claims, "exp") < _seconds(now - LEEWAY):
        raise TokenRefused("it has expired")
    if "nbf" in claims and _time(claims, "nbf") > _seconds(now + LEEWAY):
        raise TokenRefused("it is not valid yet")


def _verify_signature(keys: TokenKeys, token: str) -> dict[str, Any]:
    reason = ""
    for key in filter(None, (keys.current, keys.previous)):
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            reason = str(error)
        else:
            return claims
    raise TokenRefused(reason)


def _time(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(f"its claim {name} is missing or not a number")
    return float(max(-(2**62), min(value, 2**62)))


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenRefused(f"its claim {name} is missing")
    return value


def _seconds(moment: datetime) -> float:
    return (moment - EPOCH).total_seconds()
