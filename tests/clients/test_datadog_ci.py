"""The real ``datadog-ci`` in a real checkout: it records a deployment, and uploads the commits."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.support import datadog_ci, packages
from tests.support.datadog import DORA, client_of, issue_keys, list_body
from tests.support.git import GitRepository

REPOSITORY = "git.example.com/team/checkout"
SETTLED_SECONDS = 30


pytestmark = packages.TIMEOUT


@pytest.fixture(scope="module")
def command():
    return datadog_ci.require()


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


async def test_a_deployment_is_recorded_and_the_upload_brings_its_commits_and_the_next_one_only_the_new(
    server, command, checkout
):
    keys = await issue_keys(server)
    deploy = ("dora", "deployment", "--service", "checkout", "--env", "prod", "--version", "v1", "--team", "shop")
    for _ in range(2):  # the same twice, as a retry sends it
        times = ("--started-at", "1772704800", "--finished-at", "1772704860")
        code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, *deploy, *times, "--custom-tags", "a:b")
        assert code == 0, written
    async with client_of(server, keys) as datadog:
        (found,) = (await datadog.post(f"{DORA}/deployments", json=list_body("service:checkout"))).json()["data"]
        page = (await datadog.get(f"/deployments/{found['id']}")).text
    assert found["attributes"] == {
        "service": "checkout",
        "env": "prod",
        "version": "v1",
        "team": "shop",
        "custom_tags": ["a:b"],
        "started_at": "2026-03-05T10:00:00Z",
        "finished_at": "2026-03-05T10:01:00Z",
        "git": {"commit_sha": checkout.commits[-1], "repository_id": REPOSITORY, "repository_url": f"https://{REPOSITORY}"},
    }
    assert "Change 2" not in page
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert [commit.subject for commit in await find_commits(server, checkout)] == ["Change 0", "Change 1", "Change 2"]
    async with client_of(server, keys) as datadog:
        assert "Change 2" in (await datadog.get(f"/deployments/{found['id']}")).text
    checkout.commit("Change 3", seconds=int(time.time()))
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert len(await find_commits(server, checkout)) == 4
    newest, first = await server.app.store.list_packs(await server.organization_id(), limit=9)
    assert newest.pack.size_bytes < first.pack.size_bytes
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code == 0, written
    assert len(await server.app.store.list_packs(await server.organization_id(), limit=9)) == 2


async def test_a_key_that_is_not_good_makes_the_pipeline_fail(server, command, checkout):
    times = ("--started-at", "1772704800", "--finished-at", "1772704860")
    keys = {"DD-API-KEY": "0" * 32}
    code, written = await datadog_ci.run(
        command, server.port, checkout.folder, keys, "dora", "deployment", "--service", "checkout", *times
    )
    assert code != 0, written
    assert await server.count_deployments() == 0


async def test_a_key_that_is_not_good_makes_the_upload_fail(server, command, checkout):
    keys = {"DD-API-KEY": "0" * 32}
    code, written = await datadog_ci.run(command, server.port, checkout.folder, keys, "git-metadata", "upload")
    assert code != 0, written
    assert "403 Forbidden" in written
    assert await find_commits(server, checkout) == []
