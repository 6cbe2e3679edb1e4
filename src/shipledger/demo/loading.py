"""Let the year happen: every call goes through the program's front door, at the time at which it was made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx2
from msgspec.structs import replace

from shipledger.app import build
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.clock import Clock, from_microseconds, to_microseconds
from shipledger.database_url import sqlite_url
from shipledger.demo.call import Call, Saved, Sender
from shipledger.demo.senders import Senders
from shipledger.lifecycle import App
from shipledger.settings import Settings
from shipledger.store.key_file import load_token_keys

PAUSE_SECONDS = 0.001
PATIENCE_SECONDS = 30.0
FIRST_ADDRESS = 20
TOGETHER_BEFORE = timedelta(days=22)
"""What is older is settled once a day: most of the time to make the sample was waiting for the disk."""

Advance = Callable[[int, int], None]
"""Told how much is done, of how much."""


class _Moment:
    """The time of one call, which moves on by a microsecond at each look."""

    def __init__(self, at: datetime) -> None:
        self._us = to_microseconds(at)

    def next(self) -> int:
        """The next microsecond."""
        self._us += 1
        return self._us


_MOMENT: ContextVar[_Moment | None] = ContextVar("_MOMENT", default=None)
"""That of the call that is being answered; None where the ledger does something by itself."""


class SampleClock(Clock):
    """A clock that stands still, but for a microsecond at each look, until it is put forward.

    Calls that are made together see each its own time: what arrived when is kept, however they take turns.
    """

    def now(self) -> datetime:
        """A microsecond after the last time given out."""
        moment = _MOMENT.get()
        if moment is not None:
            return from_microseconds(moment.next())
        self._last += 1
        return from_microseconds(self._last)

    order_now = next_order = now


async def make_sample(path: Path, settings: Settings, calls: Sequence[Call], *, advance: Advance) -> None:
    """Make a database of what ``calls``, oldest first, record. It appears at ``path`` only when all of it is there."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    _remove(unfinished)
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = load_token_keys(replace(settings, database_url=sqlite_url(path)))
    app = await build(
        replace(
            settings,
            database_url=sqlite_url(unfinished),
            token_key=f"hex:{keys.current.hex()}",  # that of the database as it will be called: the ledger notes which it is
            update_wait_seconds=0.0,  # waiting for the create of a lost update would wait for a clock that stands still
        ),
        clock=SampleClock(not_before=calls[0].at - timedelta(hours=1)),
    )
    try:
        await app.start()
        await _Sending(app, calls, advance).run()
    finally:
        await app.stop()
    _remove(path)
    unfinished.replace(path)


def group_calls(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """Calls that may be made together, in order: of one day and long ago, where none needs what another one recorded."""
    together_before = calls[-1].at - TOGETHER_BEFORE
    for _, run in groupby(calls, lambda one: one.at.date() if one.at < together_before and _stands_alone(one) else one):
        yield list(run)


def _stands_alone(call: Call) -> bool:
    is_create = call.method == "POST" and call.sender in (Sender.SHOP, Sender.FORMER)
    return is_create and not (call.saves or call.about or call.refused)


class _Sending:
    """Sends the calls one by one. ``_saved``: the ids of what they recorded, by the names that calls gave them."""

    def __init__(self, app: App, calls: Sequence[Call], advance: Advance) -> None:
        self._app = app
        self._calls = calls
        self._advance = advance
        self._saved: dict[str, str] = {}

    async def run(self) -> None:
        """Send all."""
        organization = await self._app.directory.get_organization(DEFAULT_SLUG)
        async with AsyncExitStack() as stack:
            clients = {sender: await stack.enter_async_context(self._open_client(sender)) for sender in Sender}
            senders = Senders(self._app, organization.organization_id, clients)
            done = 0
            for calls in group_calls(self._calls):
                await self._send_together(senders, calls)
                done += len(calls)
                self._advance(done, len(self._calls))

    def _open_client(self, sender: Sender) -> httpx2.AsyncClient:
        """Calls from an address of its own, as different machines do."""
        address = f"198.51.100.{FIRST_ADDRESS + list(Sender).index(sender)}"
        transport = httpx2.ASGITransport(self._app.asgi, client=(address, 50_000))
        return httpx2.AsyncClient(transport=transport, base_url="http://demo")

    async def _send_together(self, senders: Senders, calls: Sequence[Call]) -> None:
        """Send some calls and wait until they are settled, at the time of the last."""
        self._app.clock.advance_to(calls[-1].at)
        for call in calls:
            await senders.prepare(call.sender)
        answers = await asyncio.gather(*(self._send(senders, call) for call in calls))
        await self._settle()
        for call, answer in zip(calls, answers, strict=True):
            if call.saves:
                self._saved[call.saves] = await self._find_id(senders, answer)

    async def _send(self, senders: Senders, call: Call) -> httpx2.Response:
        _MOMENT.set(_Moment(call.at))  # of this call alone: each runs in a task of its own
        path = call.path.replace("{}", self._saved[call.about]) if call.about else call.path
        answer = await senders.request(call.sender, call.method, path, self._fill(call.body), now=call.at)
        if call.refused:
            if answer.status_code != call.refused:
                raise RuntimeError(
                    f"{call.method} {path} should be refused with {call.refused}: {answer.status_code} {answer.text}"
                )
        elif answer.is_error:
            raise RuntimeError(f"{call.method} {path} of {call.sender.name} was refused: {answer.status_code} {answer.text}")
        return answer

    def _fill(self, body: Any) -> Any:
        """``body`` with the ids of what it refers to."""
        if isinstance(body, Saved):
            return self._saved[body.name]
        if isinstance(body, dict):
            return {name: self._fill(value) for name, value in body.items()}
        return [self._fill(one) for one in body] if isinstance(body, list | tuple) else body

    async def _settle(self) -> None:
        """Wait for the settlement, so that it happens at the time of the call too."""
        for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
            if not (await self._app.store.get_backlog()).pending:
                return
            await asyncio.sleep(PAUSE_SECONDS)  # the store has no signal
        raise RuntimeError("A call of the sample was not settled in time.")

    async def _find_id(self, senders: Senders, answer: httpx2.Response) -> str:
        """The id of what was recorded: as answered, or for those who answer before it is settled, in its verdict."""
        told = answer.json()
        found = told.get("id") or told.get("key")
        if found:
            return str(found)
        request_id = answer.headers.get("X-Request-Id")
        if request_id is None:  # Datadog's API tells none
            listed = await self._ask(senders, "/ledger/v1/requests?outcome=accepted&protocol=datadog&limit=1")
            request_id = listed["requests"][0]["id"]
        request = await self._ask(senders, f"/ledger/v1/requests/{request_id}")
        return str(request["verdicts"][0]["record_id"])

    async def _ask(self, senders: Senders, path: str) -> Any:
        answer = await senders.request(Sender.ADMINISTRATOR, "GET", path, None, now=self._app.clock.now())
        return answer.raise_for_status().json()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
