"""``/status``: how the server, its nodes and its store are."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.access.people.roles import Role
from shipledger.access.refused import UnknownSender
from tests.support.native import deployment
from tests.support.server import Server
from tests.support.site import Html, Site


async def test_administrators_of_the_operators_organization_see_what_the_server_does(server: Server) -> None:
    """Over the whole server: figures of a real process, with the work that it really does."""

    async def look() -> Html:
        async with server.client(cookies=await server.sign_in()) as browser:
            answer = await browser.get("/status")
        assert answer.status_code == 200, answer.text
        return Html(answer.text)

    assert "nothing accepted" in (await look()).text
    token = await server.issue("write", kind="native")
    async with server.client(headers={"Authorization": f"Bearer {token}"}) as client:
        assert (await client.post("/ledger/v1/deployments", json=deployment())).status_code == 201
    page = await look()
    assert "1.0 a transaction" in page.text
    assert server.app.roster.list_runs()[0].name in page.text
    assert "SQLite" in page.text


@pytest.mark.both_stores
async def test_nobody_else_sees_it(site: Site) -> None:
    assert (await site.get("/status")).status_code == 200
    for role in (Role.VIEWER, Role.EDITOR, Role.APPROVER):
        assert (await site.get("/status", role=role)).status_code == 403
    assert (await site.get("/status", cookies={})).status_code == 303
    elsewhere = await site.get("/status", settings={"operator_organization": "another"})
    assert (elsewhere.status_code, "the setting operator_organization names: another." in elsewhere.text) == (404, True)
    assert "/status" not in Html((await site.get("/settings", settings={"operator_organization": "another"})).text).links()
    assert "/status" in Html((await site.get("/settings")).text).links()


async def test_operators_see_who_sends_with_no_key_that_is_known(site: Site) -> None:
    assert "Unknown senders" not in (await site.page("/status")).text
    one = UnknownSender("192.0.2.7", 1_234, site.now, site.now, "jira", "POST", "/rest/builds/0.1/bulk", 401, "<script>")
    await site.store.save_unknown_senders([replace(one, address=f"192.0.2.{number}") for number in range(21)])
    page = await site.page("/status")
    for words in ("Unknown senders", "192.0.2.7", "1,234", "/rest/builds/0.1/bulk", "1 more:"):
        assert words in page.text
    assert "<script>" not in page.source.replace("<script src", "")
