"""The HTTP client behind outgoing calls. Reading it takes long (httpx2 and the machine's certificates), so it is read late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping

import httpx2

from shipledger.errors import Invalid, Unavailable
from shipledger.outgoing.answer import Answer
from shipledger.outgoing.guard import GuardedTransport, resolve
from shipledger.outgoing.networks import Networks, Resolve
from shipledger.reasons import reason_of

AGENT = "shipledger"
START_SECONDS = 2.0
"""How long the body of an answer is read when only its status counts."""


class Client:
    """Sends requests within the networks where it may. Redirects are answers."""

    def __init__(self, networks: Networks, *, look_up: Resolve | None) -> None:
        self._http = httpx2.AsyncClient(
            transport=GuardedTransport(networks, resolve=look_up or resolve),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        limit_bytes: int,
        within_seconds: float,
    ) -> Answer:
        """The answer. Raises Invalid and Unavailable, see Caller.call."""
        target = read_url(url)
        with _plain_errors(target, within_seconds):
            async with (
                asyncio.timeout(within_seconds),
                self._http.stream(method, target, headers=headers, content=body, timeout=within_seconds) as response,
            ):
                return await _read(response, limit_bytes, target.host)

    async def tell(self, url: str, *, headers: Mapping[str, str], body: bytes, limit_bytes: int, within_seconds: float) -> Answer:
        """How a POST was taken. Raises Invalid and Unavailable, see Caller.tell."""
        target = read_url(url)
        async with contextlib.AsyncExitStack() as stack:
            with _plain_errors(target, within_seconds):
                async with asyncio.timeout(within_seconds):
                    response = await stack.enter_async_context(
                        self._http.stream("POST", target, headers=headers, content=body, timeout=within_seconds)
                    )
            start = await _read_start(response, limit_bytes)
            return _to_answer(response, start)

    async def close(self) -> None:
        """Close what is open."""
        await self._http.aclose()


def read_url(url: str) -> httpx2.URL:
    """An absolute URL of http or https with a host and without a user. Raises Invalid."""
    try:
        found = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, ValueError):
        raise Invalid("outgoing_url", "The address is not a URL; it must begin with https:// and a host.") from None
    if found.scheme not in {"http", "https"} or not found.host:
        raise Invalid("outgoing_url", "The address cannot be called; it must begin with https:// or http:// and a host.")
    if found.userinfo:
        raise Invalid("outgoing_url", "The address must not contain a user or a password: addresses end up in logs.")
    return found


@contextlib.contextmanager
def _plain_errors(target: httpx2.URL, within_seconds: float) -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpx2.TimeoutException):
        raise Unavailable("outgoing", f"{target.host} did not answer within {within_seconds:g} seconds.") from None
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        reason = reason_of(error, otherwise="what answers does not speak HTTP, or closed the connection")
        raise Unavailable("outgoing", f"{target.host} cannot be reached: {reason}.") from error


async def _read(response: httpx2.Response, limit_bytes: int, host: str) -> Answer:
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > limit_bytes:
            raise Unavailable("outgoing", f"The answer of {host} is larger than {limit_bytes} bytes.")
        chunks.append(chunk)
    return _to_answer(response, b"".join(chunks))


async def _read_start(response: httpx2.Response, limit_bytes: int) -> bytes:
    """What arrives of a body in a moment, up to a limit."""
    start = bytearray()
    with contextlib.suppress(TimeoutError, httpx2.TransportError, httpx2.DecodingError):
        async with asyncio.timeout(START_SECONDS):
            async for chunk in response.aiter_raw():
                start += chunk
                if len(start) >= limit_bytes:
                    break
    return bytes(start[:limit_bytes])


def _to_answer(response: httpx2.Response, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, body=body)
