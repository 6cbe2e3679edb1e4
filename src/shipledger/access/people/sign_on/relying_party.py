"""The way to the provider, and what it says of whoever comes back (OpenID Connect Core 1.0, section 3.1)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from msgspec import Struct

from shipledger.access.people.sign_on.configured import SignOn
from shipledger.access.people.sign_on.id_token import UnknownKey, read_id_token, to_identity
from shipledger.access.people.sign_on.identity import Identity
from shipledger.access.people.sign_on.provider import ANSWER_LIMIT_BYTES, WITHIN_SECONDS, Described, Provider, read_document
from shipledger.access.people.sign_on.round_trip import LASTS_SECONDS, RoundTrip, begin, seal, unseal
from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.errors import Denied, Unavailable
from shipledger.outgoing.calls import Caller

OVER = "Signing in took too long, or began in another browser. Try again."
_METHODS = ("client_secret_basic", "client_secret_post")


class Tokens(Struct, frozen=True):
    """What a provider gives for a code."""

    id_token: str
    access_token: str = ""


class Departure(Struct, frozen=True):
    """Where the browser goes, and what it keeps meanwhile, for so long."""

    url: str
    kept: str
    lasts_seconds: int = LASTS_SECONDS


class RelyingParty:
    """Sends people to the provider and reads what they bring back."""

    def __init__(self, sign_on: SignOn, provider: Provider, caller: Caller, box: Seal, clock: Clock) -> None:
        self.sign_on = sign_on
        self._provider = provider
        self._caller = caller
        self._box = box
        self._clock = clock

    async def depart(self, *, redirect_uri: str, following: str) -> Departure:
        """The way to the provider. Raises Unavailable if it cannot be reached."""
        described = await self._provider.describe()
        trip = begin(redirect_uri=redirect_uri, following=following, now=self._now())
        asked = {
            "response_type": "code",
            "client_id": self.sign_on.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.sign_on.scopes,
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": trip.challenge,
            "code_challenge_method": "S256",
        }
        return Departure(add_params_to_uri(described.authorization_endpoint, list(asked.items())), seal(trip, self._box))

    async def arrive(self, query: Mapping[str, str], kept: Iterable[str]) -> tuple[Identity, str]:
        """Who came back, and the path to go on to. Raises Denied for everything that is wrong, and Unavailable.

        ``kept``: what the browser kept; another site of the same domain may have added something.
        """
        trip = self._find_trip(query.get("state", ""), kept)
        described = await self._provider.describe()
        self._require_same_issuer(query, described)
        if "code" not in query:
            raise Denied("sign_on", _words_of(query))
        tokens = await self._exchange(described, trip, query["code"])
        claims = await self._read(tokens, trip, described)
        if not _says_enough(claims, self.sign_on) and tokens.access_token and described.userinfo_endpoint:
            claims = {**await self._ask_for_more(described, tokens, claims), **claims}
        return to_identity(claims, described.issuer, self.sign_on.groups_claim), trip.following

    def _find_trip(self, state: str, kept: Iterable[str]) -> RoundTrip:
        """The one that the answer belongs to. Raises Denied if there is none."""
        given = state.encode("utf-8", "surrogatepass")
        for sealed in kept:
            trip = unseal(sealed, self._box, now=self._now())
            if trip is not None and hmac.compare_digest(given, trip.state.encode()):
                return trip
        raise Denied("sign_on", OVER)

    def _require_same_issuer(self, query: Mapping[str, str], described: Described) -> None:
        """Return unless the answer is from another provider (RFC 9207, section 2.4)."""
        is_missing = described.authorization_response_iss_parameter_supported and "iss" not in query
        if is_missing or query.get("iss", described.issuer) != described.issuer:
            raise Denied("sign_on", "The answer is not from the identity provider that was asked.")

    async def _exchange(self, described: Described, trip: RoundTrip, code: str) -> Tokens:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": trip.redirect_uri,
            "code_verifier": trip.verifier,
        }
        supported = [one for one in _METHODS if one in described.token_endpoint_auth_methods_supported]
        method = (supported or [*_METHODS])[0] if self.sign_on.client_secret else "none"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        auth = ClientAuth(self.sign_on.client_id, self.sign_on.client_secret, method)
        url, headers, body = auth.prepare(  # type: ignore[no-untyped-call]
            "POST", described.token_endpoint, headers, urlencode(fields)
        )
        answer = await self._caller.call(
            "POST",
            url,
            headers=headers,
            body=body.encode(),
            limit_bytes=ANSWER_LIMIT_BYTES,
            within_seconds=WITHIN_SECONDS,
        )
        if answer.status >= 500:  # noqa: PLR2004 - the hundreds are what HTTP defines
            raise Unavailable("sign_on", f"The identity provider answered {answer.status}.")
        if not answer.is_success:
            raise Denied("sign_on", "The identity provider does not accept its own code any more. Sign in again.")
        tokens: Tokens = read_document(answer.body, Tokens)
        return tokens

    async def _read(self, tokens: Tokens, trip: RoundTrip, described: Described) -> dict[str, Any]:
        """The claims of the ID token; its keys are asked for again if it names one that is not known (key rotation)."""
        try:
            return self._check(tokens, trip, described, await self._provider.list_keys())
        except UnknownKey:
            return self._check(tokens, trip, described, await self._provider.list_keys(is_unknown=True))

    def _check(self, tokens: Tokens, trip: RoundTrip, described: Described, keys: Mapping[str, Any]) -> dict[str, Any]:
        return read_id_token(
            tokens.id_token,
            keys=keys,
            issuer=described.issuer,
            client_id=self.sign_on.client_id,
            nonce=trip.nonce,
            now=self._now(),
            access_token=tokens.access_token or None,
        )

    async def _ask_for_more(self, described: Described, tokens: Tokens, claims: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider says elsewhere of the same person (OpenID Connect Core, section 5.3.2)."""
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        more: dict[str, Any] = await self._provider.fetch(described.userinfo_endpoint, dict[str, Any], headers=headers)
        if more.get("sub") != claims.get("sub"):
            raise Denied("sign_on", "The identity provider spoke of two people.")
        return more

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _says_enough(claims: Mapping[str, Any], sign_on: SignOn) -> bool:
    return "email" in claims and (not sign_on.roles or sign_on.groups_claim in claims)


def _words_of(query: Mapping[str, str]) -> str:
    """Why the provider sent somebody back without a code. Its own words are not repeated: anybody can write an address."""
    if query.get("error") == "access_denied":
        return "The identity provider did not let you in, or you cancelled there."
    return "The identity provider could not sign you in. Try again; if it stays so, ask an administrator."
