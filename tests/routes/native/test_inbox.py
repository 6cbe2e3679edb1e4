"""``/ledger/v1/inbox`` and ``shipledger inbox``: what is not mapped, with exact counts, and what is to be left out."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.catalog.inbox import InboxDesk
from tests.support.native import TARGET, deployment

pytestmark = pytest.mark.both_stores
PATH = "/ledger/v1/inbox"
SHOP, STORE, OTHER = (f"github.com/acme/{name}" for name in ("shop", "store", "other"))


async def record(native, number, environment, *repositories):
    releases = [{"repository": name, "commit": f"{number:040x}"} for name in repositories]
    body = deployment(external_id=f"run-{number}", environment=environment, tier=None, releases=releases, service=None)
    assert (await native.post(TARGET, json=body)).status_code == 201


async def list_names(native, **filters):
    return [(one["name"], one["deployments"]) for one in (await native.get(PATH, params=filters)).json()["items"]]


async def test_what_is_open_is_counted_ignored_and_mapped(server, native, commands):
    sent = [("mars", SHOP), ("mars", SHOP, OTHER), (" Mars", STORE), ("venus", OTHER), ("production", OTHER)]
    for number, (environment, *repositories) in enumerate(sent):
        await record(native, number, environment, *repositories)
    await native.post("/ledger/v1/repositories", json={"repository": STORE, "former_names": [SHOP]})
    desk = InboxDesk(server.app.store, server.app.directory)
    owner = await server.organization_id()

    async def count():
        told = (await native.get(PATH)).json()["open"]
        assert told == await desk.count_open(owner), "the menu and the list agree"
        return told

    assert await list_names(native, kind="repository") == [(OTHER, 3), (STORE, 3)]
    assert {name.strip().lower(): number for name, number in await list_names(native, kind="environment")} == {
        "mars": 3,
        "venus": 1,
    }
    assert await count() == 4
    walked, cursor = [], ""
    while cursor is not None:
        page = (await native.get(PATH, params={"limit": 1, "cursor": cursor})).json()
        walked += page["items"]
        cursor = page["next_cursor"]
    assert len(walked) == 4
    ignored = [{"kind": "environment", "name": "VENUS", "ignored": True}, {"kind": "repository", "name": SHOP, "ignored": True}]
    answer = await native.post(PATH, json=ignored)
    assert (answer.status_code, len(answer.json()["items"])) == (200, 2)
    assert await list_names(native, ignored="true") == [("VENUS", None), (SHOP, None)]
    assert await list_names(native, kind="repository") == [(OTHER, 3), (STORE, 3)], "a former name is not the repository's"
    await native.post(PATH, json={"kind": "repository", "name": STORE, "ignored": True})
    assert await count() == 2
    assert (await native.post(PATH, json={"kind": "repository", "name": "nobody", "ignored": False})).status_code == 409
    for wrong in ({}, {"kind": "x", "name": "y", "ignored": True}, {"kind": "environment", "name": "y"}):
        assert (await native.post(PATH, json=wrong)).status_code == 422

    listed = await asyncio.to_thread(commands, "inbox", "list", "--json")
    assert [one["repository"] for one in listed.json["repositories"]] == [OTHER]
    assert "now ignored" in (await asyncio.to_thread(commands, "inbox", "ignore", "environment", "mars")).out
    assert await count() == 1
    assert "listed again" in (await asyncio.to_thread(commands, "inbox", "restore", "environment", "Mars")).out
    await native.post("/ledger/v1/environments", json={"environment": "mars", "tier": "testing"})
    await native.post("/ledger/v1/services", json={"name": "Other", "repositories": [OTHER]})
    assert await count() == 0
    assert (await native.get(PATH, params={"format": "csv"})).text.splitlines()[1:] == []
