"""A transport that looks up a host, checks what it found, and connects to exactly that."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable

import httpx2

from shipledger.errors import Invalid
from shipledger.outgoing.networks import Address, Networks, Resolve, is_of_the_cloud, read_address
from shipledger.reasons import Explained, reason_of

NO_NAME = "a part of its name is empty or longer than 63 characters"


class AddressRefused(Invalid):
    """The call leads to where the server may not call."""

    def __init__(self, host: str, addresses: Iterable[Address]) -> None:
        where = "in a private network, which the server does not call. To allow it, add the network to"
        if any(map(is_of_the_cloud, addresses)):
            where = "a cloud metadata address, which the server does not call. To allow it, add the address to"
        super().__init__("outgoing_address", f"{host} is {where} the setting outgoing_networks.")


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of a host, in the order of the system. Raises httpx2.ConnectError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx2.ConnectError(f"{host} cannot be looked up: {reason_of(error)}") from error
    except UnicodeError:
        raise httpx2.ConnectError(f"{host} cannot be looked up") from Explained(NO_NAME)
    return list(dict.fromkeys(read_address(str(place[4][0])) for place in found))


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Connects to an address that was checked, not to a name: a second look-up might answer something else.

    The host's name still goes into the request and into TLS. Connections are not kept, because they would be found again
    by address, and two hosts may share one.
    """

    def __init__(self, networks: Networks, *, resolve: Resolve = resolve) -> None:
        self._networks = networks
        self._resolve = resolve
        self._transport = httpx2.AsyncHTTPTransport(
            verify=ssl.create_default_context(), trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the first address that takes the connection. Raises AddressRefused, httpx2.TransportError."""
        host = request.url.host
        addresses = await self._resolve(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        allowed = [address for address in addresses if self._networks.allow(address)]
        if not allowed:
            raise AddressRefused(host, addresses)
        for address in allowed[:-1]:
            try:
                return await self._send(request, host, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._send(request, host, allowed[-1])

    async def _send(self, request: httpx2.Request, host: str, address: Address) -> httpx2.Response:
        return await self._transport.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        )

    async def aclose(self) -> None:
        """Close what is open."""
        await self._transport.aclose()
