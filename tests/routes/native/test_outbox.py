"""``/ledger/v1/outbox``: receivers, messages with their attempts, and one that is sent again."""

from __future__ import annotations

import re

import pytest

from shipledger.access.grant import Scope
from tests.support.messages import ask_of_an_app
from tests.support.native import client_of, issue_token
from tests.support.pen import new_pen

OUTBOX = "/ledger/v1/outbox"


@pytest.mark.both_stores
async def test_messages_are_listed_with_their_receiver_and_attempts_and_sent_again(server):
    pen = await new_pen(server.app.store, now=server.app.clock.now())
    await ask_of_an_app(pen, at=server.app.clock.now())
    async with client_of(server, await issue_token(server)) as client:
        (target,) = (await client.get(f"{OUTBOX}/targets")).json()["targets"]
        assert (target["name"], target["address"]) == ("app", None)
        page = (await client.get(f"{OUTBOX}/messages?target={target['id']}")).json()
        (message,) = page["messages"]
        assert (message["topic"], message["target_id"], page["next_before"]) == ("gate.asked", target["id"], None)
        assert (await client.get(f"{OUTBOX}/messages?before={message['id']}")).json()["messages"] == []
        shown = (await client.get(f"{OUTBOX}/messages/{message['id']}")).json()
        assert (shown["message"]["id"], shown["target"]) == (message["id"], "app")
        again = await client.post(f"{OUTBOX}/messages/{message['id']}/redeliveries")
        assert again.status_code in {200, 409}, "a server may be sending it at this moment"
        assert (await client.get(f"{OUTBOX}/messages?state=lost")).status_code == 422
        for path in ("messages?before=none", "messages/none"):
            assert (await client.get(f"{OUTBOX}/{path}")).status_code == 404
        assert (await client.post(f"{OUTBOX}/messages/none/redeliveries")).status_code == 404
    async with client_of(server, await issue_token(server, Scope.READ)) as reader:
        assert (await reader.get(f"{OUTBOX}/targets")).status_code == 200
        assert (await reader.post(f"{OUTBOX}/messages/{message['id']}/redeliveries")).status_code == 403


@pytest.mark.both_stores
async def test_a_webhook_is_added_with_a_secret_that_is_told_once_replaced_and_removed_and_each_is_an_entry(place, native):
    body = {"url": "https://bot.example.com/hooks/secret-path", "topics": ["gate.decided", "gate.asked"], "name": "Bot"}
    async with client_of(place, await issue_token(place, Scope.READ, "administer")) as administrator:
        added = await administrator.post(f"{OUTBOX}/targets", json=body)
        made = added.json()
        assert (added.status_code, made["name"], made["address"]) == (201, "Bot", "https://bot.example.com")
        assert made["topics"] == ["gate.asked", "gate.decided"]
        replaced = await administrator.post(f"{OUTBOX}/targets/{made['id']}/secret")
        assert (replaced.status_code, replaced.json()["id"]) == (201, made["id"])
        secrets = {made["secret"], replaced.json()["secret"]}
        assert [one[:6] for one in secrets] == ["whsec_"] * 2
        listed = await administrator.get(f"{OUTBOX}/targets")
        assert [one["id"] for one in listed.json()["targets"]] == [made["id"]]
        assert (await administrator.delete(f"{OUTBOX}/targets/{made['id']}")).status_code == 204
        for call in (administrator.delete(f"{OUTBOX}/targets/{made['id']}"), administrator.post(f"{OUTBOX}/targets/none/secret")):
            gone = await call
            assert (gone.status_code, gone.json()["detail"]) == (404, "There is no target with this id.")
        acts = await administrator.get("/ledger/v1/audit?kind=webhook")
        assert [one["changes"] for one in acts.json()["audit"]] == [
            ["Webhook Bot removed, with its messages."],
            ["Secret of the webhook Bot replaced."],
            ["Webhook Bot added, at https://bot.example.com. It hears of gate.asked, gate.decided."],
        ]
        assert {one["actor"].partition(":")[0] for one in acts.json()["audit"]} == {"credential"}
        assert not [told for told in (*secrets, "secret-path") if told in listed.text + acts.text]
    for method, path in (("POST", "targets"), ("POST", "targets/x/secret"), ("DELETE", "targets/x")):
        assert (await native.request(method, f"{OUTBOX}/{path}", json=body)).status_code == 403


@pytest.mark.parametrize(
    "body, members",
    [
        ([], ["body"]),
        ({}, ["topics", "url"]),
        ({"url": "ftp://a", "topics": ["gate.asked"]}, ["url"]),
        ({"url": "https://u:p@a.example.com", "topics": ["gate.asked"]}, ["url"]),
        ({"url": "https://a.example.com/" + "x" * 3_000, "topics": ["gate.asked"]}, ["url"]),
        ({"url": "https://a.example.com", "topics": ["gate.lost"]}, ["topics"]),
        ({"url": "https://a.example.com", "topics": 5}, ["topics"]),
        ({"url": "https://a.example.com", "topics": ["gate.asked"], "name": "n" * 10_000}, ["name"]),
        ({"url": "https://a.example.com", "topics": ["gate.asked"], "secret": "mine"}, ["secret"]),
    ],
)
async def test_a_webhook_that_cannot_be_added_is_told_member_by_member(place, body, members):
    async with client_of(place, await issue_token(place, Scope.READ, "administer")) as administrator:
        refused = await administrator.post(f"{OUTBOX}/targets", json=body)
        assert (refused.status_code, sorted(refused.json()["errors"])) == (422, members)
        assert not re.search("(^|; )[a-z]+ [A-Z]", refused.json()["detail"]), "no sentence runs into its member"
        assert (await administrator.get(f"{OUTBOX}/targets")).json()["targets"] == []
