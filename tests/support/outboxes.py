"""A worker of the outbox over a real store, and apps that it calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from shipledger.access.credential import Credential
from shipledger.access.sealing import Seal
from shipledger.access.signing_app import AppLinks, SigningApp
from shipledger.clock import Clock
from shipledger.duties.outbox import Outbox
from shipledger.duties.webhook_calls import WebhookCalls
from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter
from shipledger.gating.gate import Gate
from shipledger.ledger.submission import Pipeline
from shipledger.observability.metrics import Metrics
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.protocols.jira.gating_call import GatingCalls
from shipledger.store.contract import Store
from tests.support.factories import ACME, decide_receipt, make_batch, make_credential, make_id, make_receipt, make_record
from tests.support.fickle_target import FickleTarget
from tests.support.gating import with_gates

SECRET = "0123456789abcdef0123456789abcdef"
SEAL = Seal(lambda: [bytes(32)])


class MovedClock(Clock):
    """A clock that tests move ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()
        self.is_even = True

    def now(self) -> Any:
        return super().now() + self.ahead

    def has_run_evenly(self, span: timedelta) -> bool:
        return self.is_even


async def add_app(store: Store, target: FickleTarget, *, number: int = 7) -> tuple[Credential, SigningApp]:
    """An app with a callback."""
    links = AppLinks(base_url=f"{target.url}/connect", gating_callback="/gating?tenant=a+b")
    credential = make_credential(number, kind="jira-connect")
    app = SigningApp(ACME, make_id(number), app_key="k", sealed_secret=SEAL.seal(SECRET), links=links)
    await store.create_signing_app(credential, app)
    return credential, app


async def ask(store: Store, number: int, *, by: int = 7) -> Gate:
    """The gate of a deployment of an app's that waits."""
    receipt = make_receipt(number, credential_id=make_id(by))
    await store.append_receipts([receipt], claimed_by="a")
    record = make_record(number, pipeline=Pipeline(id="shop", name="Shop"), sequence=20)
    batch = make_batch(decide_receipt(receipt, replace(record, asks_for_gate=True)))
    await store.settle(await with_gates(store, replace(batch, settled_at=Clock().now())))
    return (await store.list_gates(ACME, status=None, before_number=None, limit=1))[0]


@asynccontextmanager
async def worker(
    store: Store, clock: Clock, *, node_id: str = "node", within_seconds: float = 10.0, networks: str = "127.0.0.0/8, ::1"
) -> AsyncIterator[Outbox]:
    """A node that sends."""
    caller = Caller(read_networks(networks))
    calls = GatingCalls(seal=SEAL, clock=clock, public_url="https://ship.example.com")
    yield Outbox(
        store,
        clock,
        caller,
        node_id=node_id,
        write_to_app={"jira-connect": calls.write},
        write_to_address=WebhookCalls(seal=SEAL, clock=clock, public_url="https://ship.example.com").write,
        observer=Metrics(with_process=False),
        chance=lambda: 0.0,
        within_seconds=within_seconds,
    )
    await caller.close()


async def send(outbox: Outbox) -> None:
    """Send what is due, and wait for what comes of it."""
    await outbox.run()
    while slow := tuple(outbox._rounds._under_way.values()):  # on a busy machine, a round leaves organizations behind
        await asyncio.wait(slow)
    await outbox.finish()


async def live(outbox: Outbox) -> None:
    """Send what is due, and live on until it is cancelled."""
    await outbox.run()
    await asyncio.Event().wait()


async def list_messages(store: Store, **wanted: Any) -> list[Message]:
    """The messages, oldest first."""
    return (await store.list_messages(ACME, MessageFilter(**wanted)))[::-1]


async def get_log(store: Store, place: int = 0) -> LoggedMessage:
    """A message with its log."""
    found = await store.find_message(ACME, (await list_messages(store))[place].message_id)
    assert found is not None
    return found
