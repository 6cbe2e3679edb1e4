"""Over a real socket: the names by which the server may be asked, and what no name opens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2

from tests.support.server import Server, serving

PASSWORD = "correct horse battery"
TELLING = ("/metrics", "/ledger/openapi.json")
FOREIGN = ("evil.example", "localhost.evil.example", "", "[")
OWN = ("127.0.0.1:8080", "localhost", "[::1]:80", "192.0.2.7", "ledger.example", "ship-a.example:8443")


async def ask(server: Server, head: str) -> str:
    """The raw answer to a raw request, which ends with its connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_what_needs_no_key_is_told_under_our_own_names_alone(serve) -> None:
    settings = {"public_url": "https://ledger.example", "organization_hosts": "ship-a.example=team-a"}
    async with serve(**settings) as server, server.client(cookies={}) as client:
        for path in TELLING:
            for host in OWN:
                assert (await client.get(path, headers={"Host": host})).status_code == 200, host
            for host in FOREIGN:
                answer = await client.get(path, headers={"Host": host, "X-Forwarded-Host": "localhost"})
                assert answer.status_code == 403, host
                assert "public_url" in answer.text


async def test_a_request_without_host_is_told_nothing_but_whether_the_server_is_ready(server: Server) -> None:
    for path in TELLING:
        assert "403 Forbidden" in await ask(server, f"GET {path} HTTP/1.0")
    assert "403 Forbidden" in await ask(server, "GET / HTTP/1.0")
    ready = await ask(server, "GET /readyz HTTP/1.0")
    assert "200 OK" in ready
    assert ready.endswith('{"ready":true}')
    assert "200 OK" in await ask(server, "GET /healthz HTTP/1.0")


async def test_only_who_asks_by_our_name_learns_why_a_server_is_not_ready(server: Server) -> None:
    async with server.client(cookies={}) as client:
        assert (await client.get("/readyz")).json()["checks"]["store"] == "ok"
        assert (await client.get("/readyz", headers={"Host": "evil.example"})).json() == {"ready": True}


async def test_no_page_is_reached_by_a_web_socket(server: Server) -> None:
    upgrade = "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    for path in ("/", "/deployments", "/static/mark.svg", "/metrics", "/nowhere"):
        for host in ("127.0.0.1", "evil.example"):
            answer = await ask(server, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n{upgrade}")
            assert "101 Switching Protocols" not in answer
            is_open = path.startswith("/static") or (path == "/metrics" and host == "127.0.0.1")
            assert ("200 OK" in answer) is is_open, answer[:200]


async def take_link(browser: httpx2.AsyncClient, link: str, base: str) -> httpx2.Response:
    """The answer to the form that creates the first account."""
    fields = {"link": link.partition("?link=")[2], "email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    return await browser.post(f"{base}/welcome", data={**fields, "again": PASSWORD}, headers={"Origin": base})


async def test_ledgers_on_two_ports_of_a_host_do_not_sign_each_other_out(server: Server, tmp_path: Path) -> None:
    async with serving(tmp_path / "other.db", token_key="k" * 32) as other, server.client(cookies={}) as browser:
        for each in (server, other):
            assert (await take_link(browser, each.link, each.url)).is_redirect
        for each in (server, other):
            assert (await browser.get(f"{each.url}/deployments")).status_code == 200


async def test_a_new_key_takes_neither_the_link_to_the_first_account_nor_sessions(serve) -> None:
    async with serve(token_key="old" * 16) as before:
        old = before.link.removeprefix(before.url)
    async with serve(token_key="new" * 16, token_key_previous="old" * 16) as node, node.client(cookies={}) as browser:
        assert node.link.removeprefix(node.url) != old
        assert (await take_link(browser, old, node.url)).is_redirect
        session = dict(browser.cookies)
    async with serve(token_key="new" * 16) as node, node.client(cookies=session) as browser:
        assert (await browser.get("/deployments")).status_code == 200
        assert (await browser.get(old)).status_code == 404
