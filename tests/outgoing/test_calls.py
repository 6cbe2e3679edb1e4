"""Calls to other systems, made over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from shipledger.errors import Invalid, Unavailable
from shipledger.outgoing.answer import Answer
from shipledger.outgoing.calls import ANSWER_LIMIT_BYTES, CALL_SECONDS, Caller
from shipledger.outgoing.guard import AddressRefused, resolve
from shipledger.outgoing.networks import Address, read_networks
from tests.support.tls import make_certificate, tls_in_front

LOOPBACK = read_networks("127.0.0.0/8")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def peer(answer: bytes, *, heard: list[bytes] | None = None) -> AsyncIterator[int]:
    """A system on loopback that says ``answer`` to everything and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(request)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def answers(*addresses: str) -> Callable[[str, int], Awaitable[list[Address]]]:
    """Name servers that tell these addresses, one set a look-up; the last one stays."""
    told = [*addresses]

    async def resolve(host: str, port: int) -> list[Address]:
        text = told.pop(0) if len(told) > 1 else told[0]
        return [ip_address(part) for part in text.split()]

    return resolve


async def test_a_call_says_the_name_of_the_host_and_brings_the_answer():
    heard: list[bytes] = []
    async with peer(OK, heard=heard) as port:
        caller = Caller(LOOPBACK, resolve=answers("127.0.0.1"))
        answer = await caller.call("POST", f"http://app.example.com:{port}/path?q=1", headers={"X-A": "b"}, body=b"{}")
        await caller.close()
    assert (answer.status, answer.body, answer.is_success) == (200, b"ok", True)
    assert heard[0].startswith(b"POST /path?q=1 HTTP/1.1\r\n")
    assert f"host: app.example.com:{port}".encode() in heard[0].lower()


async def test_a_name_that_leads_into_a_private_network_is_not_called():
    heard: list[bytes] = []
    async with peer(OK, heard=heard) as port:
        caller = Caller(read_networks(""))
        for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"):
            with pytest.raises(AddressRefused, match="outgoing_networks"):
                await caller.call("GET", f"http://{host}:{port}/")
        await caller.close()
    assert heard == []


async def test_a_name_that_leads_to_a_clouds_own_address_is_not_called_and_the_message_says_why():
    caller = Caller(read_networks("100.64.0.0/10"), resolve=answers("100.100.100.200"))
    with pytest.raises(AddressRefused, match=r"^app\.example\.com is a cloud metadata address"):
        await caller.call("GET", "http://app.example.com/latest/meta-data/")
    await caller.close()


async def test_the_address_that_was_checked_is_the_one_that_is_called():
    heard: list[bytes] = []
    async with peer(OK, heard=heard) as port:
        caller = Caller(read_networks("127.0.0.2"), resolve=answers("127.0.0.2", "127.0.0.1"))
        with pytest.raises(Unavailable):  # 127.0.0.2 is allowed and has no listener; a second look-up would find one
            await caller.call("GET", f"http://app.example.com:{port}/")
        await caller.close()
    assert heard == []


async def test_the_next_address_is_called_when_the_first_takes_no_connection():
    async with peer(OK) as port:
        caller = Caller(LOOPBACK, resolve=answers("127.0.0.3 127.0.0.1"))
        assert (await caller.call("GET", f"http://app.example.com:{port}/")).is_success
        await caller.close()


async def test_a_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    certificate = make_certificate(tmp_path, ["app.example.com"])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with peer(OK) as plain, tls_in_front(plain, certificate) as port:
        caller = Caller(LOOPBACK, resolve=answers("127.0.0.1"))
        assert (await caller.call("GET", f"https://app.example.com:{port}/")).body == b"ok"
        with pytest.raises(Unavailable, match=r"^other\.example\.com cannot be reached"):
            await caller.call("GET", f"https://other.example.com:{port}/")
        await caller.close()


async def test_a_redirect_is_an_answer_and_is_not_followed():
    async with peer(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n") as port:
        caller = Caller(LOOPBACK)
        answer = await caller.call("GET", f"http://127.0.0.1:{port}/")
        await caller.close()
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


async def test_an_answer_beyond_the_limit_is_given_up():
    async with peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as port:
        caller = Caller(LOOPBACK)
        with pytest.raises(Unavailable, match="larger than 1000 bytes"):
            await caller.call("GET", f"http://127.0.0.1:{port}/", limit_bytes=1000)
        await caller.close()


async def test_a_peer_that_does_not_answer_in_time_is_given_up():
    is_over = asyncio.Event()

    async def be_silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_over.wait()
        writer.close()

    async with await asyncio.start_server(be_silent, "127.0.0.1", 0) as server:
        caller = Caller(LOOPBACK)
        with pytest.raises(Unavailable, match=r"within 0\.1 seconds"):
            await caller.call("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", within_seconds=0.1)
        await caller.close()
        is_over.set()
        await asyncio.sleep(0)


async def test_a_host_that_cannot_be_reached_is_named_without_the_rest_of_the_url():
    caller = Caller(LOOPBACK)
    with pytest.raises(Unavailable, match=r"^127\.0\.0\.1 cannot be reached") as caught:
        await caller.call("GET", "http://127.0.0.1:1/?token=hidden")
    await caller.close()
    assert "hidden" not in caught.value.message


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "example.com", "", "https://", "http://a:b@example.com/"]
)
async def test_what_is_no_address_of_the_web_is_refused(url: str):
    caller = Caller(LOOPBACK)
    with pytest.raises(Invalid):
        await caller.call("GET", url)
    await caller.close()


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"])
async def test_an_answer_of_just_the_limit_is_read(head: str):
    async with peer(f"{head}\r\n".encode() + b"x" * 1_000) as port:
        caller = Caller(LOOPBACK)
        answer = await caller.call("GET", f"http://127.0.0.1:{port}/", limit_bytes=1_000)
        with pytest.raises(Unavailable, match="larger than 999 bytes"):
            await caller.call("GET", f"http://127.0.0.1:{port}/", limit_bytes=999)
        await caller.close()
    assert len(answer.body) == 1_000


@pytest.mark.parametrize("status, is_success", [(199, False), (200, True), (299, True), (300, False)])
def test_a_success_is_an_answer_of_the_two_hundreds(status: int, is_success: bool):
    assert Answer(status=status, headers={}, body=b"").is_success is is_success


def test_a_call_takes_at_most_fifteen_seconds_and_its_answer_four_mebibytes():
    assert (CALL_SECONDS, ANSWER_LIMIT_BYTES) == (15.0, 4_194_304)


async def test_what_was_closed_calls_nobody_and_what_never_called_can_be_closed():
    await Caller(LOOPBACK).close()
    heard: list[bytes] = []
    async with peer(OK, heard=heard) as port:
        caller = Caller(LOOPBACK, resolve=answers("127.0.0.1"))
        await caller.call("GET", f"http://app.example.com:{port}/")
        await caller.close()
        with pytest.raises(RuntimeError, match="closed"):
            await caller.call("GET", f"http://app.example.com:{port}/")
    assert len(heard) == 1


@pytest.mark.parametrize("host", [f"{'x' * 64}.example", f"a.{'x' * 64}"])
async def test_a_host_whose_name_is_none_cannot_be_reached(host):
    with pytest.raises(Unavailable) as failure:
        await Caller(LOOPBACK, resolve=resolve).call("GET", f"http://{host}/")
    assert failure.value.message == f"{host} cannot be reached: a part of its name is empty or longer than 63 characters."


async def test_a_refusal_names_the_cloud_where_one_of_the_addresses_is_its_own():
    for addresses, where in [("10.0.0.1 169.254.169.254", "a cloud metadata address"), ("10.0.0.1", "in a private network")]:
        with pytest.raises(AddressRefused, match=where):
            await Caller(LOOPBACK, resolve=answers(addresses)).call("GET", "http://app.example.com/")
