"""No organization waits for the git packs of another one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx2
import pytest

from shipledger.catalog.commit import PackBacklog, PackState
from shipledger.scm.folder import git_folder
from tests.support.datadog import client_of, issue_keys
from tests.support.git import GitRepository, make_pack
from tests.support.server import Server
from tests.support.uploads import known, upload_pack

BLOB = 3
BOMB_BYTES = 64 * 2**20
BOMBS = 8
SECONDS = 60
MEGABYTE = 2**20


@pytest.fixture
def checkout(tmp_path: Path) -> GitRepository:
    made = GitRepository(tmp_path / "checkout")
    made.commit("First change")
    return made


async def until_known(client: httpx2.AsyncClient, commit: str) -> None:
    async with asyncio.timeout(SECONDS):
        while await known(client, commit) != [commit]:  # noqa: ASYNC110  there is no signal for a client
            await asyncio.sleep(0.01)


async def waiting(server: Server, organization: str) -> int:
    records = await server.app.store.list_packs(await server.organization_id(organization), limit=99, state=PackState.PENDING)
    return len(records)


@pytest.mark.both_stores
async def test_a_pack_is_read_while_another_organization_has_sent_many_that_take_long(server: Server, checkout: GitRepository):
    bomb = make_pack((BLOB, bytes(BOMB_BYTES)))
    keys = {name: await issue_keys(server, organization=name) for name in ("bomber", "guest")}
    async with client_of(server, keys["bomber"]) as bomber, client_of(server, keys["guest"]) as guest:
        for _ in range(BOMBS):
            assert (await upload_pack(bomber, bomb, "a" * 40)).status_code == 204
        assert (await upload_pack(guest, checkout.pack(), checkout.commits[-1])).status_code == 204
        await until_known(guest, checkout.commits[-1])
        assert await waiting(server, "bomber") >= BOMBS // 2


async def test_packs_that_cannot_be_read_now_hold_up_no_other_organization(server: Server, checkout: GitRepository):
    folder = git_folder(server.app.settings)
    folder.mkdir(parents=True)
    (folder / await server.organization_id("unlucky")).touch()  # no folder can be made there
    keys = {name: await issue_keys(server, organization=name) for name in ("unlucky", "guest")}
    async with client_of(server, keys["unlucky"]) as unlucky, client_of(server, keys["guest"]) as guest:
        assert (await upload_pack(unlucky, checkout.pack(), checkout.commits[-1])).status_code == 204
        assert (await upload_pack(guest, checkout.pack(), checkout.commits[-1])).status_code == 204
        await until_known(guest, checkout.commits[-1])
        assert await waiting(server, "unlucky") == 1


async def test_an_organization_whose_packs_wait_is_refused_more_of_them_and_no_other_is(
    serve, checkout: GitRepository, monkeypatch: pytest.MonkeyPatch
):
    content, large = checkout.pack(), make_pack((BLOB, os.urandom(5 * MEGABYTE)))
    monkeypatch.setenv("PATH", os.devnull)  # without git everything waits
    async with serve(git_waiting_limit_bytes=16 * MEGABYTE) as server:
        keys = {name: await issue_keys(server, organization=name) for name in ("flood", "guest")}
        async with client_of(server, keys["flood"]) as flood, client_of(server, keys["guest"]) as guest:
            answers = [await upload_pack(flood, large, "a" * 40) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [204, 204, 204, 503]
            assert int(answers[-1].headers["Retry-After"]) >= 1
            assert "are waiting" in answers[-1].text
            assert await server.app.store.get_pack_backlog() == PackBacklog(pending=3, refused=0)
            assert (await upload_pack(guest, content, checkout.commits[-1])).status_code == 204
