"""``datadog-ci git-metadata upload``, the real one, in a real checkout."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from tests.support import datadog_ci
from tests.support.datadog import issue_keys
from tests.support.git import GitRepository

REPOSITORY = "git.example.com/team/checkout"
SETTLED_SECONDS = 30


@pytest.fixture(scope="module")
def command():
    found = datadog_ci.install()
    if found is None and "CI" not in os.environ:
        pytest.skip("datadog-ci needs node and npm, and a network for the first time")
    assert found is not None, "datadog-ci could not be installed"
    return found


@pytest.fixture
def checkout(tmp_path):
    made = GitRepository(tmp_path / "checkout", remote=f"https://ci:hunter2@{REPOSITORY}.git")
    for number in range(3):
        made.commit(f"Change {number}", seconds=int(time.time()) - 600 + number)
    return made


async def find_commits(server, checkout):
    store = server.app.store
    async with asyncio.timeout(SETTLED_SECONDS):
        while (await store.get_pack_backlog()).pending:  # noqa: ASYNC110  the store has no signal for a test
            await asyncio.sleep(0.02)
    return await store.find_commits(await server.organization_id(), REPOSITORY, checkout.commits)


@pytest.mark.timeout(240)
async def test_the_upload_brings_the_commits_and_the_next_one_only_the_new(server, command, checkout):
    keys = await issue_keys(server)
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert [commit.subject for commit in await find_commits(server, checkout)] == ["Change 0", "Change 1", "Change 2"]
    checkout.commit("Change 3", seconds=int(time.time()))
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert len(await find_commits(server, checkout)) == 4
    newest, first = await server.app.store.list_packs(await server.organization_id(), limit=9)
    assert newest.pack.size_bytes < first.pack.size_bytes
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert len(await server.app.store.list_packs(await server.organization_id(), limit=9)) == 2


@pytest.mark.timeout(240)
async def test_a_key_that_is_not_good_makes_the_upload_fail(server, command, checkout):
    keys = {"DD-API-KEY": "0" * 32}
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code != 0, written
    assert "403 Forbidden" in written
    assert await find_commits(server, checkout) == []
