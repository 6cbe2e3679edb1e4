"""Which of a host's addresses are called, in which order and how often, over real sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import httpx2
import pytest

from shipledger.errors import Unavailable
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.guard import AddressRefused, GuardedTransport
from shipledger.outgoing.networks import read_networks
from tests.support.plain_http import no_certificates

FIRST, SECOND, THIRD = "127.0.0.1", "127.0.0.2", "127.0.0.3"
LOOPBACK = read_networks("127.0.0.0/8")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HANGS_UP = b""


@pytest.fixture(autouse=True)
def trust_in_nobody(monkeypatch):
    """Nobody here speaks TLS."""
    monkeypatch.setattr(ssl, "create_default_context", no_certificates)


@asynccontextmanager
async def peers(*addresses: str, answer: bytes = OK) -> AsyncIterator[tuple[int, list[str]]]:
    """Systems on these addresses and one port, and the addresses that were connected to, in order."""
    connected: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer.get_extra_info("sockname")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    servers = [await asyncio.start_server(talk, addresses[0], 0)]
    port: int = servers[0].sockets[0].getsockname()[1]
    servers += [await asyncio.start_server(talk, address, port) for address in addresses[1:]]
    try:
        yield port, connected
    finally:
        for server in servers:
            server.close()


async def call(port: int, *found: str, method: str = "GET", networks: str = "127.0.0.0/8") -> bytes:
    """The answer of a host whose name leads to the addresses ``found``."""

    async def resolve(host: str, port: int) -> list:
        return [ip_address(text) for text in found]

    caller = Caller(read_networks(networks), resolve=resolve)
    try:
        return (await caller.call(method, f"http://app.example.com:{port}/", body=b"{}" if method == "POST" else None)).body
    finally:
        await caller.close()


@pytest.mark.parametrize("found", [(FIRST, SECOND, THIRD), (THIRD, SECOND, FIRST), (SECOND,)])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_first_address_that_takes_the_connection_answers_and_no_other_is_called(found, method):
    async with peers(FIRST, SECOND, THIRD) as (port, connected):
        assert await call(port, *found, method=method) == b"ok"
    assert connected == [found[0]]


@pytest.mark.parametrize("up", [FIRST, SECOND, THIRD])
async def test_addresses_that_take_no_connection_are_passed_over_in_order(up):
    async with peers(up) as (port, connected):
        assert await call(port, FIRST, SECOND, THIRD, method="POST") == b"ok"
    assert connected == [up]


async def test_when_none_takes_the_connection_the_host_cannot_be_reached():
    async with peers(FIRST) as (port, connected):
        with pytest.raises(Unavailable, match=r"^app\.example\.com cannot be reached"):
            await call(port, SECOND, THIRD)
    assert connected == []


@pytest.mark.parametrize("found", [(FIRST, SECOND), (FIRST,), (THIRD, FIRST, SECOND)])
async def test_what_was_sent_once_is_not_sent_again_to_the_next_address(found):
    async with peers(FIRST, SECOND, answer=HANGS_UP) as (port, connected):
        with pytest.raises(Unavailable):
            await call(port, *found, method="POST")
    assert connected == [FIRST]


@pytest.mark.parametrize("found", [(FIRST, SECOND), (SECOND, FIRST), (FIRST, THIRD, SECOND)])
async def test_an_address_that_is_refused_is_never_called_whatever_stands_beside_it(found):
    async with peers(FIRST, SECOND) as (port, connected):
        assert await call(port, *found, networks=SECOND) == b"ok"
    assert connected == [SECOND]


async def test_nor_is_it_when_the_allowed_one_takes_no_connection():
    async with peers(FIRST) as (port, connected):
        with pytest.raises(Unavailable):
            await call(port, FIRST, SECOND, FIRST, networks=SECOND)
        with pytest.raises(AddressRefused, match="in a private network"):
            await call(port, FIRST, THIRD, networks=SECOND)
    assert connected == []


@pytest.mark.parametrize("url, port", [("http://a.example/", 80), ("https://a.example/", 443), ("https://a.example:8443/", 8443)])
async def test_a_host_is_looked_up_with_the_port_that_is_called(url, port):
    asked = []

    async def resolve(host: str, port: int) -> list:
        asked.append((host, port))
        return []

    async with httpx2.AsyncClient(transport=GuardedTransport(LOOPBACK, resolve=resolve)) as client:
        with pytest.raises(AddressRefused):
            await client.get(url)
    assert asked == [("a.example", port)]
