"""``GET /ledger/v1/services/{id}/versions`` and ``badge.svg``: what runs, for others to show."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from shipledger.protocols.native.credentials import GLANCE
from tests.support.native import INCIDENTS, SHA, TARGET, client_of, deployment, incident, issue_token

STATUS = "/status.json"
VERSIONS, BADGE = "/ledger/v1/services/checkout/versions", "/ledger/v1/services/checkout/badge.svg"
STORY = [
    deployment(),
    deployment(external_id="s", environment="staging", state="failed", version="2.5.0"),
    deployment(external_id="u", environment="dev", state="in_progress", version="2.6.0", finished_at=None),
    deployment(external_id="q", environment="qa", version=None),
]


def read(image):
    """The title, and the texts."""
    root = ET.fromstring(image)  # noqa: S314  our own
    names = {"svg": "http://www.w3.org/2000/svg"}
    title = root.find("svg:title", names)
    assert title is not None
    return title.text, [one.text for one in root.iterfind(".//svg:text", names)]


@pytest.mark.both_stores
async def test_versions_and_badges_show_what_runs_in_each_environment(native):
    assert (await native.post(TARGET, json=STORY)).status_code == 201
    found = (await native.get(VERSIONS)).json()
    assert found["service"] == "checkout"
    told = {
        one["environment"]: (one["tier"], one["version"], one["commit"], one["newest_state"]) for one in found["environments"]
    }
    assert told == {
        "production": ("production", "2.4.1", SHA, "successful"),
        "staging": ("staging", None, None, "failed"),
        "qa": ("testing", None, SHA, "successful"),
        "dev": ("development", None, None, "in_progress"),
    }
    assert next(iter(told)) == "production"
    shown = {}
    for environment in ("", "staging", "QA", "dev", "nowhere"):
        answer = await native.get(BADGE, params={"environment": environment})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        shown[environment] = read(answer.content)[1]
    assert shown == {
        "": ["production", "2.4.1"],
        "staging": ["staging", "failed"],
        "QA": ["QA", SHA[:10]],
        "dev": ["dev", "in progress"],
        "nowhere": ["nowhere", "not deployed"],
    }


async def test_a_badge_is_fetched_again_only_when_it_changes(native):
    await native.post(TARGET, json=deployment())
    first = await native.get(BADGE)
    known = {"If-None-Match": first.headers["etag"]}
    again = await native.get(BADGE, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await native.post(TARGET, json=deployment(external_id="next", version="2.4.2", finished_at="2026-03-05T10:05:00Z"))
    assert read((await native.get(BADGE, headers=known)).content)[1] == ["production", "2.4.2"]


HOSTILE = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    '"/><image href="javascript:alert(1)"/>': '"/><image href="javascript:alert(1)"/>',
    "\u202egnp.exe\u2066": "gnp.exe",
    "a\u0001\ufffe b": "a b",
    "x" * 512: "x" * 39 + "…",
    "版本" * 30: "版本" * 19 + "版…",
}


async def test_no_text_breaks_out_of_a_badge(native):
    await native.post(TARGET, json=deployment())
    for text, shown in HOSTILE.items():
        answer = await native.get(BADGE, params={"label": text})
        assert answer.status_code == 200, answer.text
        assert read(answer.content)[1][0] == shown
        elements = {one.tag.rpartition("}")[2] for one in ET.fromstring(answer.content).iter()}  # noqa: S314
        assert elements == {"svg", "title", "rect", "path", "g", "text"}
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_only_a_token_that_may_do_nothing_else_is_taken_from_the_address(server):
    tokens = {rights: await issue_token(server, *rights) for rights in ((GLANCE,), ("read",), (GLANCE, "read"), ("write",))}
    async with client_of(server, tokens["read",]) as client:
        await client.post(TARGET, json=deployment())
        await client.post("/ledger/v1/services", json={"name": "checkout"})
        assert (await client.get(BADGE)).status_code == 404, "reading does not write"
    async with client_of(server, tokens["write",]) as client:
        assert (await client.post(TARGET, json=deployment())).status_code == 201
        assert (await client.get(BADGE)).status_code == 403
    async with client_of(server, None) as client:
        for rights, token in tokens.items():
            for target in (BADGE, VERSIONS, STATUS):
                answer = await client.get(target, params={"token": token})
                assert answer.status_code == (200 if rights == (GLANCE,) else 403), (rights, answer.text)
                assert token not in answer.text
                if rights != (GLANCE,):
                    assert "--scope glance" in answer.json()["detail"]
        for wrong in ("", "wrong"):
            assert (await client.get(BADGE, params={"token": wrong})).status_code == 401
        for target in (TARGET, "/ledger/v1/matrix"):
            assert (await client.get(target, headers={"Authorization": f"Bearer {tokens[GLANCE,]}"})).status_code == 403
            assert (await client.get(target, params={"token": tokens[GLANCE,]})).status_code == 401
    async with client_of(server, tokens["read",]) as client:
        assert (await client.get(BADGE)).status_code == 200


async def test_what_is_not_there_is_not_found(native):
    assert (await native.get("/ledger/v1/services/nobody/badge.svg")).status_code == 404
    assert (await native.get("/ledger/v1/services/%00/versions")).status_code == 404
    await native.post("/ledger/v1/services", json={"name": "checkout"})
    assert (await native.get(VERSIONS)).json()["environments"] == []
    assert read((await native.get(BADGE)).content)[1] == ["checkout", "not deployed"]
    assert (await native.get(BADGE, params={"colour": "red"})).status_code == 422


async def test_the_status_is_the_worst_that_there_is(native, server):
    now = server.app.clock.now()

    def ago(minutes):
        return (now - timedelta(minutes=minutes)).isoformat()

    async def tell():
        told = (await native.get(STATUS)).json()
        return [told[name] for name in ("status", "open_incidents", "running", "failed_in_24_hours", "changed_in_last_hour")]

    assert await tell() == ["ok", 0, 0, 0, 0]
    await native.post(TARGET, json=deployment(started_at=ago(50), finished_at=ago(49)))
    await native.post(TARGET, json=deployment(external_id="r", state="in_progress", started_at=ago(5), finished_at=None))
    assert await tell() == ["ok", 0, 1, 0, 2]
    await native.post(TARGET, json=deployment(external_id="f", state="failed", started_at=ago(90), finished_at=ago(80)))
    assert await tell() == ["ok", 0, 1, 1, 2], "what succeeded ended after it"
    await native.post(TARGET, json=deployment(external_id="g", state="failed", started_at=ago(48), finished_at=ago(40)))
    assert await tell() == ["failing", 0, 1, 2, 3]
    await native.post(INCIDENTS, json=incident(started_at=ago(10), resolved_at=None))
    assert (await tell())[:2] == ["incident", 1]
