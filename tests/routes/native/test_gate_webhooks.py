"""A webhook hears of decisions on gates, signed as Standard Webhooks has it, from a real server."""

from __future__ import annotations

import asyncio

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.routes.native.test_gates import ask, decide
from tests.support.fickle_target import fickle_target
from tests.support.native import client_of, issue_token

OTHER = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
async def target():
    async with fickle_target() as running:
        yield running


async def hear(target):
    await asyncio.wait_for(target.arrived.acquire(), 60)
    return target.got[-1]


async def test_a_webhook_hears_of_decisions_and_its_secret_is_replaced_without_a_gap(serve, target, commands):
    async with serve(outgoing_networks="127.0.0.0/8, ::1", public_url="https://ship.example.com/") as server:

        async def run(*words):
            return (await asyncio.to_thread(commands, "outbox", *words, "--json")).json

        added = await run("target", "add", f"{target.url}/hook?key=hidden", "--topic", "gate.decided", "--name", " our  hook ")
        async with client_of(server, await issue_token(server)) as native:
            first, second = [(await ask(native, external_id=name)).json() for name in ("one", "two")]
            assert (await decide(native, first["key"], "prevent", reason="Not on a Friday.")).is_success
            call = await hear(target)
            body = Webhook(added["secret"]).verify(call.raw, call.headers)
            with pytest.raises(WebhookVerificationError):
                Webhook(OTHER).verify(call.raw, call.headers)
            assert (call.target, body["type"]) == ("/hook?key=hidden", "gate.decided")
            assert (body["data"]["key"], body["data"]["status"], body["data"]["reason"]) == (
                first["key"],
                "prevented",
                "Not on a Friday.",
            )
            assert body["data"]["deployment_id"] == first["deployment"]["id"]
            assert body["data"]["url"] == f"https://ship.example.com/gates/{first['key']}?organization=default"

            rotated = await run("target", "rotate", added["id"])
            assert (await decide(native, second["key"], "allow")).is_success
            call = await hear(target)
            for secret in (added["secret"], rotated["secret"]):
                assert Webhook(secret).verify(call.raw, call.headers)["data"]["status"] == "allowed"
        assert len(target.got) == 2, "it hears of decisions alone"
        (listed,) = (await run("target", "list"))["targets"]
        assert (listed["name"], listed["address"], listed["topics"]) == ("our hook", target.url, ["gate.decided"])
        assert await run("target", "remove", added["id"]) == {"id": added["id"], "removed": True}
        assert await run("list") == {"messages": [], "next_before": None}
