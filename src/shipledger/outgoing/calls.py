"""One call to another system, with bounds on its time and on the size of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
from msgspec import Struct

from shipledger.errors import Invalid, Unavailable
from shipledger.outgoing.guard import GuardedTransport, Resolve, resolve
from shipledger.outgoing.networks import Networks

CALL_SECONDS = 15.0
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
AGENT = "shipledger"


class Answer(Struct, frozen=True):
    """What the other system said. Names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return httpx.codes.is_success(self.status)


class Caller:
    """Calls other systems, within the networks where it may. Redirects are answers: whoever sent one was not asked to."""

    def __init__(self, networks: Networks, *, resolve: Resolve = resolve) -> None:
        self._networks = networks
        self._resolve = resolve
        self._opened: httpx.AsyncClient | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
        within_seconds: float = CALL_SECONDS,
    ) -> Answer:
        """The answer, whatever its status.

        Raises Invalid for a URL that cannot be called or leads where the server may not call, and Unavailable when there is
        no answer in time or it is larger than ``limit_bytes``. Messages name the host and never the rest of the URL.
        """
        target = read_url(url)
        try:
            async with (
                asyncio.timeout(within_seconds),
                self._client.stream(method, target, headers=headers, content=body, timeout=within_seconds) as response,
            ):
                return await _read(response, limit_bytes, target.host)
        except (TimeoutError, httpx.TimeoutException):
            raise Unavailable("outgoing", f"{target.host} did not answer within {within_seconds:g} seconds.") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Unavailable("outgoing", f"{target.host} cannot be reached: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            await self._opened.aclose()

    @property
    def _client(self) -> httpx.AsyncClient:
        """Made for the first call: to read the machine's certificates takes long, and many a server never calls anybody."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                transport=GuardedTransport(self._networks, resolve=self._resolve),
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            )
        return self._opened


def read_url(url: str) -> httpx.URL:
    """An absolute URL of http or https with a host and without a user. Raises Invalid."""
    try:
        found = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        raise Invalid("outgoing_url", "The address is no URL; it begins with https:// and a host.") from None
    if found.scheme not in {"http", "https"} or not found.host:
        raise Invalid("outgoing_url", "The address is no URL that can be called; it begins with https:// or http:// and a host.")
    if found.userinfo:
        raise Invalid("outgoing_url", "The address must not hold a user or a password: addresses end up in logs.")
    return found


async def _read(response: httpx.Response, limit_bytes: int, host: str) -> Answer:
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > limit_bytes:
            raise Unavailable("outgoing", f"The answer of {host} is larger than {limit_bytes} bytes.")
        chunks.append(chunk)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, body=b"".join(chunks))
