"""What a provider publishes about itself (OpenID Connect Discovery 1.0), and its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from shipledger.errors import Unavailable
from shipledger.outgoing.calls import Caller

KEPT_SECONDS = 3_600.0
"""How long what a provider publishes is believed without asking again."""

SOONEST_SECONDS = 30.0
"""How often keys are asked for, at most, because a token named an unknown one."""

FAILED_SECONDS = 2.0
"""How long nobody asks again after it did not answer."""

WITHIN_SECONDS = 10.0
ANSWER_LIMIT_BYTES = 1024 * 1024
Answered = TypeVar("Answered")
_PATH = "/.well-known/openid-configuration"


class Described(Struct, frozen=True):
    """The members of a discovery document that count here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """A provider, asked when it is needed: it may be down when the server starts. ``tick``: seconds that only grow."""

    def __init__(self, issuer: str, caller: Caller, tick: Callable[[], float]) -> None:
        self._issuer = issuer
        self._caller = caller
        self._tick = tick
        self._lock = asyncio.Lock()
        self._described: tuple[float, Described] | None = None
        self._keys: tuple[float, Mapping[str, Any]] | None = None
        self._failed: tuple[float, Unavailable] | None = None

    async def describe(self) -> Described:
        """What it says of itself. Raises Unavailable if it cannot be reached, or speaks for another issuer."""
        async with self._lock:
            if self._described is None or self._tick() - self._described[0] >= KEPT_SECONDS:
                self._described = self._tick(), await self._unless_it_just_failed(self._ask)
            return self._described[1]

    async def list_keys(self, *, is_unknown: bool = False) -> Mapping[str, Any]:
        """Its keys, as a JSON Web Key Set; ``is_unknown``: a token names one that is not among them. Raises Unavailable."""
        described = await self.describe()
        async with self._lock:
            good_for = SOONEST_SECONDS if is_unknown else KEPT_SECONDS
            if self._keys is None or self._tick() - self._keys[0] >= good_for:
                ask = partial(self.fetch, described.jwks_uri, dict[str, Any])
                self._keys = self._tick(), await self._unless_it_just_failed(ask)
            return self._keys[1]

    async def fetch(self, url: str, kind: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """A document of the provider. Raises Unavailable."""
        sent = {"Accept": "application/json", **(headers or {})}
        answer = await self._caller.call("GET", url, headers=sent, limit_bytes=ANSWER_LIMIT_BYTES, within_seconds=WITHIN_SECONDS)
        if not answer.is_success:
            raise Unavailable("sign_on", f"The identity provider answered {answer.status}.")
        return read_document(answer.body, kind)

    async def _unless_it_just_failed(self, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        """What it answers. While it is down, those who wait for the same answer do not each wait as long again."""
        if self._failed is not None and self._tick() - self._failed[0] < FAILED_SECONDS:
            raise self._failed[1]
        try:
            return await ask()
        except Unavailable as error:
            self._failed = self._tick(), error
            raise

    async def _ask(self) -> Described:
        described: Described = await self.fetch(f"{self._issuer}{_PATH}", Described)
        if described.issuer.rstrip("/") != self._issuer:
            raise Unavailable("sign_on", "The identity provider calls itself by another issuer than the setting sign_on_issuer.")
        allowed = ("https://",) if described.issuer.startswith("https://") else ("https://", "http://")
        endpoints = (described.authorization_endpoint, described.token_endpoint, described.jwks_uri, described.userinfo_endpoint)
        if not all(one.startswith(allowed) for one in endpoints if one):
            raise Unavailable("sign_on", "The identity provider has addresses that are not of HTTPS.")
        return described


def read_document(body: bytes, kind: Any) -> Any:
    """A document of the provider. Raises Unavailable for what is none."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unavailable("sign_on", "The identity provider answered with something else than was asked for.") from None
