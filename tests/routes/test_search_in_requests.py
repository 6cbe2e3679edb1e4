"""A request is found by what it says, however its sender escaped it."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.support.site import Html
from tests.support.tenants import make_tenant
from tests.support.writes import datadog_write, iftrue_write, incident_write, jira_write, native_write, opsgenie_write

pytestmark = pytest.mark.both_stores

SAID = 'Z\u00fcrich/S\u00fcd \U0001f600 "C:\\new" \N{SNOWMAN}'
WRITES = {
    "opsgenie": opsgenie_write(message=SAID),
    "incidents": incident_write(message=SAID),
    "jira": jira_write(displayName=SAID),
    "native": native_write(title=SAID),
    "iftrue": iftrue_write(title=SAID),
    "datadog": datadog_write(service=SAID),
}
WORDS = (SAID, "z\u00fcrich", "rich/S", "\U0001f600", '"C:\\new"', "C:\\n", "\N{SNOWMAN}")


@pytest.mark.parametrize("is_ascii", [True, False])
async def test_a_request_is_found_by_its_decoded_values(server, is_ascii):
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    async with server.client() as client:
        sent_at_all = 0
        for sent in WRITES.values():
            text = json.dumps(sent.body, ensure_ascii=is_ascii).replace("/", r"\/")
            headers = {**tenant.proofs[sent.scheme](sent.method, sent.target), "Content-Type": "application/json"}
            answer = await client.request(sent.method, sent.target, content=text.encode(), headers=headers)
            assert answer.status_code < 300, answer.text
            sent_at_all += 1
        await server.count_deployments()
        for word in WORDS:
            page = Html((await client.get(f"/requests?find={quote(word, safe='')}")).text)
            assert len(page.all("tr")) - 1 == sent_at_all, word
        for word in ("C:\\\nnew", "nowhere"):
            page = Html((await client.get(f"/requests?find={quote(word, safe='')}")).text)
            assert not page.all("tr"), word


async def test_half_an_emoji_and_what_is_no_escape_do_no_harm(server):
    tenant = await make_tenant(server, "default", app_key="com.example.app")
    sent = opsgenie_write()
    async with server.client() as client:
        text = json.dumps({**sent.body, "message": "HERE"}).replace("HERE", r"cut \ud83d here, not \ude00\ud83d there")
        await client.request(sent.method, sent.target, content=text.encode(), headers=tenant.proofs[sent.scheme]("", ""))
        for word, count in (("cut \ufffd here", 1), ("\U0001f600", 0)):
            page = Html((await client.get(f"/requests?find={quote(word)}")).text)
            assert len([one for one in page.all("a") if one.get("id", "").startswith("request-")]) == count, word
