"""``/live``: who has a page open hears which records changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from shipledger.ingestion.news import RECORDS_NAMED
from shipledger.web.pages import live
from tests.support.native import TARGET, client_of, deployment, issue_token
from tests.support.server import Server, serving


async def read_event(lines: AsyncIterator[str], name: str) -> list[str]:
    """The data of the next event with this name."""
    async with asyncio.timeout(20):
        async for line in lines:
            if line == f"event: {name}":
                data = await anext(lines)
                return json.loads(data.removeprefix("data:").strip() or "[]")
    raise AssertionError("the stream ended")


async def hear_of(lines: AsyncIterator[str], wanted: str) -> set[str]:
    """All that is heard until something is."""
    heard: set[str] = set()
    while wanted not in heard:
        heard |= {*await read_event(lines, "changed")} or {""}
    return heard


async def watch_one(server: Server, writer: Server) -> None:
    """A deployment that is recorded at one server is heard of at another, which may be the same."""
    token = await issue_token(writer)
    async with server.client() as client:
        await client.get("/")  # signs in
        async with client.stream("GET", live.PATH, headers={"Accept": "text/event-stream"}) as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
            assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
            lines = answer.aiter_lines()
            await read_event(lines, "open")
            async with client_of(writer, token) as sender:
                made = (await sender.post(TARGET, json=deployment())).json()
            await hear_of(lines, made["id"])


async def test_a_stream_names_what_changed_and_ends_with_its_reader(server: Server) -> None:
    await watch_one(server, server)
    async with asyncio.timeout(10):
        while server.app.news.count:  # noqa: ASYNC110  nobody is told that a reader has gone
            await asyncio.sleep(0.01)


@pytest.mark.both_stores
async def test_of_very_much_it_is_only_told_that_something_changed(server: Server) -> None:
    token = await issue_token(server)
    async with server.client() as client:
        await client.get("/")
        async with client.stream("GET", live.PATH) as answer:
            lines = answer.aiter_lines()
            await read_event(lines, "open")
            async with client_of(server, token) as sender:
                many = [deployment(external_id=str(number)) for number in range(RECORDS_NAMED + 1)]
                assert (await sender.post(TARGET, json=many)).status_code == 201
            await hear_of(lines, "")


@pytest.mark.only_postgres
async def test_nodes_of_one_database_hear_of_each_other(server: Server) -> None:
    async with serving(server.app.settings.database_url, token_key=server.app.settings.token_key) as other:
        other.cookies = await server.sign_in()
        await watch_one(other, server)


async def test_nobody_hears_of_another_organization(server: Server) -> None:
    await server.app.directory.create_organization("another", "")
    tokens = [await issue_token(server, organization=one) for one in ("another", "default")]
    made: list[str] = []
    async with server.client() as client:
        await client.get("/")
        async with client.stream("GET", live.PATH) as answer:
            lines = answer.aiter_lines()
            await read_event(lines, "open")
            for token in tokens:
                async with client_of(server, token) as sender:
                    made.append((await sender.post(TARGET, json=deployment())).json()["id"])
            heard = await hear_of(lines, made[1])
    assert made[0] not in heard
    assert len(heard) == 4, "a service, a deployment, and a request for each"


async def test_a_stream_takes_a_reader_and_ends_when_the_server_stops(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with server.client(cookies={}) as stranger:
        answer = await stranger.get(live.PATH)
        assert answer.status_code in {303, 401, 403}
    async with server.client() as client:
        await client.get("/")
        async with client.stream("GET", live.PATH) as answer:
            lines = answer.aiter_lines()
            await read_event(lines, "open")
            monkeypatch.setattr(live, "MOST", 1)
            refused = await client.get(live.PATH)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
            server.app.refuse_writes()
            async with asyncio.timeout(10):
                assert [line async for line in lines if line.startswith("event")] == []
        monkeypatch.undo()
        late: httpx2.Response = await client.get(live.PATH)
        assert late.text.count("event") == 1, "it ends at once"
