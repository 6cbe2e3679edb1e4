"""A deployment is about the issues that the message of its own commit names, and by its author, whichever comes first."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.errors import Unavailable
from shipledger.ledger.deployment import issue_alias
from tests.support.datadog import DORA, client_of, create_body, issue_keys
from tests.support.git import GitRepository
from tests.support.native import client_of as native_client_of
from tests.support.native import issue_token
from tests.support.site import Html
from tests.support.uploads import URL, known, upload_pack

MESSAGE = """Speed up the stock query

It reads one row (see SHOP-12) and not SHA-256 of all. Closes PAY-7."""


@pytest.fixture
def checkout(tmp_path):
    made = GitRepository(tmp_path / "checkout", remote=URL)
    made.commit("SHOP-1 An earlier change")
    made.commit(MESSAGE)
    return made


async def deploy(datadog, checkout):
    git = {"repository_url": URL, "commit_sha": checkout.commits[-1]}
    answer = await datadog.post(f"{DORA}/deployment", json=create_body(service="checkout", version="v1", git=git))
    assert answer.status_code == 200


async def upload(datadog, checkout):
    answer = await upload_pack(datadog, checkout.pack(), checkout.commits[-1], URL)
    assert answer.status_code == 204
    async with asyncio.timeout(60):
        while not await known(datadog, checkout.commits[-1]):  # noqa: ASYNC110  the store has no signal for a test
            await asyncio.sleep(0.02)


async def page_of(server, key, words):
    """The page, once it says these words: what the ledger writes to itself is settled a little later."""
    async with server.client() as reader, asyncio.timeout(60):
        while words not in (text := Html((await reader.get(f"/issues/{key}")).text).text):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return text


@pytest.mark.parametrize("comes_first", ["commit", "deployment"])
async def test_the_message_of_a_commit_names_issues_whenever_it_comes(server, datadog, checkout, comes_first):
    for step in (upload, deploy) if comes_first == "commit" else (deploy, upload):
        await step(datadog, checkout)
    for key in ("SHOP-12", "PAY-7"):
        assert "named in the commit" in await page_of(server, key, "checkout v1")
    await page_of(server, "SHOP-1", "No deployment references SHOP-1")
    organization_id = await server.organization_id()
    assert await server.app.store.list_named_issues(organization_id, project="", after="", limit=10) == ["PAY-7", "SHOP-12"]
    (deployment,) = await server.app.store.list_deployments_by_alias(organization_id, issue_alias("PAY-7"), limit=10)
    async with server.client() as reader:
        text = Html((await reader.get(f"/deployments/{deployment.deployment_id}")).text).text
    assert ("Corrected: issues of its commits, authors of its commits" in text) == (comes_first == "deployment")
    assert all(f"{key} named in the commit" in text for key in ("PAY-7", "SHOP-12"))
    async with native_client_of(server, await issue_token(server)) as native:
        by_author = (await native.get("/ledger/v1/deployments", params={"actor": "ADA Author"})).json()["deployments"]
    assert [one["id"] for one in by_author] == [deployment.deployment_id]


async def test_a_pack_whose_commits_could_not_be_told_of_is_told_of_again(server, datadog, tmp_path, monkeypatch):
    checkout = GitRepository(tmp_path / "checkout", remote=URL)
    checkout.commit("Speed up the stock query")
    await deploy(datadog, checkout)
    store, told = server.app.store, asyncio.Event()
    list_ids = store.list_ids_of_commits

    async def fail_once(*asked):
        if told.is_set():
            return await list_ids(*asked)
        told.set()
        raise Unavailable("unavailable", "The ledger is unavailable for a moment.")

    monkeypatch.setattr(store, "list_ids_of_commits", fail_once)
    await upload(datadog, checkout)
    async with native_client_of(server, await issue_token(server)) as native, asyncio.timeout(60):
        while not (await native.get("/ledger/v1/deployments", params={"actor": "ADA Author"})).json()["deployments"]:
            await server.app.indexer.index_pending()
            await asyncio.sleep(0.02)


async def test_commits_are_not_looked_into_where_that_is_set(serve, checkout):
    async with serve(issue_keys_in="title, message") as server, client_of(server, await issue_keys(server)) as datadog:
        await upload(datadog, checkout)
        await deploy(datadog, checkout)
        await page_of(server, "SHOP-12", "No deployment references SHOP-12")
