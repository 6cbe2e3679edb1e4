"""Who somebody is, by the signed word of a provider."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, JWKRegistry, Key
from joserfc.jws import JWSRegistry

from shipledger.access.people.sign_on.identity import Identity
from shipledger.errors import Denied

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has. Neither ``none`` nor those that anybody with the client's secret can make."""

LEEWAY_SECONDS = 60
"""How far the clocks of the provider and of this server may differ."""

TOKEN_LIMIT = 64 * 1024
TEXT_LIMIT = 512
GROUPS_LIMIT = 2_000
KEYS_LIMIT = 100
_KINDS = frozenset({"RSA", "EC", "OKP"})


class UnknownKey(Denied):
    """The token is signed with a key that the provider has not published, as far as is known here."""

    def __init__(self) -> None:
        super().__init__("sign_on", "The identity provider signed with a key that it does not publish.")


def read_id_token(
    text: str,
    *,
    keys: Mapping[str, Any],
    issuer: str,
    client_id: str,
    nonce: str,
    now: int,
    access_token: str | None = None,
) -> dict[str, Any]:
    """The claims of an ID token whose signature, issuer, audience, times and nonce are right (OpenID Connect Core, 3.1.3.7).

    ``now``: seconds since 1970. Raises UnknownKey, and Denied for everything else that is wrong.
    """
    if len(text) > TOKEN_LIMIT:
        raise _refuse("is too long")
    try:
        token = jwt.decode(text, _choosing(keys), registry=JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
            {"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(now, LEEWAY_SECONDS)
    except UnknownKey:
        raise
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, UnicodeError, RecursionError) as error:
        raise _refuse(f"cannot be trusted ({type(error).__name__})") from None
    return dict(claims)


def to_identity(claims: Mapping[str, Any], issuer: str, groups_claim: str) -> Identity:
    """Who the claims are about. Raises Denied if they do not say."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= TEXT_LIMIT:
        raise _refuse("names nobody")
    email = _text(claims.get("email")) if claims.get("email_verified") is True else ""
    name = next(filter(None, (_text(claims.get(one)) for one in ("name", "preferred_username"))), "")
    return Identity(issuer=issuer, subject=subject, email=email, name=name, groups=_groups(claims.get(groups_claim)))


def _choosing(keys: Mapping[str, Any]) -> Callable[[GuestProtocol], Key]:
    """What finds the key of a token: the one that it names, or the only one there is. Raises UnknownKey."""
    published = list(_import_keys(keys))

    def choose(token: GuestProtocol) -> Key:
        kid = token.headers().get("kid")
        found = [key for key in published if kid is None or key.kid == kid]
        if len(found) != 1:
            raise UnknownKey
        return found[0]

    return choose


def _import_keys(keys: Mapping[str, Any]) -> Iterator[Key]:
    """The keys that can be read: a provider may publish others, for other uses, of kinds that are not known here."""
    published = keys.get("keys")
    for key in published[:KEYS_LIMIT] if isinstance(published, list) else []:
        if isinstance(key, dict) and key.get("use", "sig") == "sig" and key.get("kty") in _KINDS:
            with contextlib.suppress(JoseError, ValueError, TypeError, KeyError):
                yield JWKRegistry.import_key(key)


def _groups(value: Any) -> tuple[str, ...]:
    given: Sequence[Any] = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in given[:GROUPS_LIMIT] if isinstance(one, str) and len(one) <= TEXT_LIMIT)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= TEXT_LIMIT else ""


def _refuse(what: str) -> Denied:
    return Denied("sign_on", f"The word of the identity provider {what}. Try again; if it stays so, see the server's log.")
