"""``/ledger/v1/outbox``: receivers, messages with their attempts, and one that is sent again."""

from __future__ import annotations

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
