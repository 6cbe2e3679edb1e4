"""Send the messages of the outbox until they are taken."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol

import structlog

from shipledger.access.signing_app import SigningApp
from shipledger.catalog.organization import Organization
from shipledger.clock import Clock
from shipledger.duty import Duty
from shipledger.errors import ShipledgerError, Unavailable
from shipledger.forwarding.breaker import BreakerState
from shipledger.forwarding.call import OutgoingCall
from shipledger.forwarding.judging import EXCERPT_BYTES, excerpt, judge, read_retry_after
from shipledger.forwarding.message import Attempt, Message, Result
from shipledger.forwarding.pauses import GIVEN_UP_AFTER
from shipledger.forwarding.target import WEBHOOK, Target
from shipledger.forwarding.trying import Tried
from shipledger.outgoing.calls import Caller
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 1.0
WITHIN_SECONDS = 10.0
CLAIM = timedelta(seconds=45)
"""How long a node may send a message: longer than a call and the record of it take."""

MOST_AT_ONCE = 64
MOST_OF_ORGANIZATION = 32
MOST_OF_TARGET = 4
MOST_OF_FAILING = 16
"""So many calls may be under way at once: in all, for one organization, to one target, and to targets that failed last."""

TAKE_OVER_SECONDS = 60.0
_INTERNAL = "An internal error prevented this attempt; see the server's log."
_NO_CALLBACK = "The app no longer has a callback."
_RECORDED_WITHIN_SECONDS = 20.0

log = structlog.get_logger(__name__)

Write = Callable[[Target, Message, str], OutgoingCall | None]


class _Answered(NamedTuple):
    """What came of a call."""

    result: Result
    status: int | None
    answer: str
    asked: timedelta | None = None


class Observer(Protocol):
    """Who counts attempts."""

    def observe_attempt(self, result: Result) -> None:
        """One more attempt is over."""


class Outbox:
    """Claims what is due, calls targets beside each other, and records what came of it. Each message is sent at least once.

    ``write_to_app`` has the way to call an app for each kind of credential that has one, ``write_to_address`` that to call a
    webhook; both get the slug of the organization, which links name. A call goes on when a round is over, and ends with the task
    that asked for the rounds: its claim then ends by itself. ``chance`` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        caller: Caller,
        *,
        node_id: str,
        write_to_app: Mapping[str, Callable[[SigningApp, Message, str], OutgoingCall | None]],
        write_to_address: Write,
        observer: Observer,
        chance: Callable[[], float] = random.random,  # noqa: S311  spreads load, guards nothing
        within_seconds: float = WITHIN_SECONDS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._caller = caller
        self._node_id = node_id
        self._write_to_app = write_to_app
        self._write_to_address = write_to_address
        self._observer = observer
        self._chance = chance
        self._within_seconds = within_seconds
        self._rounds = Rounds(store.list_organizations)
        self._under_way: dict[asyncio.Task[None], Target] = {}
        self._asked_by: asyncio.Task[Any] | None = None
        self._looked_at: dict[str, float] = {}

    def duty(self) -> Duty:
        """The duty. It has the name under which nodes of the version before tell apps of gates: one of both does at a time."""
        return Duty(name="gates", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Begin to send what is due now. Raises Unavailable."""
        self._end_with(asyncio.current_task())
        await self._rounds.run(self._serve)

    async def finish(self) -> None:
        """Wait for the calls that are under way."""
        while self._under_way:
            await asyncio.wait(tuple(self._under_way))

    def _end_with(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None and task is not self._asked_by:
            self._asked_by = task
            task.add_done_callback(lambda _: self._cancel())

    def _cancel(self) -> None:
        for task in tuple(self._under_way):
            task.cancel()

    async def _serve(self, organization: Organization) -> None:
        owner = organization.organization_id
        await self._take_over(owner)
        targets = await self._store.list_ready_targets(owner, now=self._clock.now())
        if not targets:
            return
        apps = {app.credential_id: (credential.kind, app) for credential, app in await self._store.list_signing_apps_of(owner)}
        for target in sorted(targets, key=lambda one: (one.breaker.failures > 0, random.random())):  # noqa: S311  no secret
            write = self._find_writer(target, apps)
            if write is not None:
                await self._begin(target, write, organization.slug)

    async def _take_over(self, organization_id: str) -> None:
        looked_at, now = self._looked_at.get(organization_id), time.monotonic()
        if looked_at is None or now - looked_at > TAKE_OVER_SECONDS:
            while await self._store.take_over_deliveries(organization_id):
                pass
            self._looked_at[organization_id] = now

    def _find_writer(self, target: Target, apps: Mapping[str, tuple[str, SigningApp]]) -> Write | None:
        """How the target is called; None for an app that was revoked at this moment, or of a kind that has no calls."""
        if target.kind == WEBHOOK:
            return self._write_to_address
        if target.credential_id not in apps:
            return None
        kind, app = apps[target.credential_id]
        write_to_app = self._write_to_app.get(kind)
        return None if write_to_app is None else lambda _, message, organization: write_to_app(app, message, organization)

    async def _begin(self, target: Target, write: Write, organization: str) -> None:
        room = self._find_room(target)
        if room <= 0:
            return
        now = self._clock.now()
        messages = await self._store.claim_messages(
            target, node_id=self._node_id, now=now, until=now + CLAIM, most=MOST_OF_TARGET, limit=room
        )
        for message in messages:
            task = asyncio.create_task(
                self._send(message, partial(write, target, message, organization)), name=f"message {message.message_id}"
            )
            self._under_way[task] = target
            task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("An attempt ended with an internal error; the message will be sent again.", exc_info=error)

    def _find_room(self, target: Target) -> int:
        """How many calls to the target may begin: those that hang leave room for others."""
        under_way = self._under_way.values()
        organizations = Counter(one.organization_id for one in under_way)
        most = 1 if target.breaker.state_at(self._clock.now()) is BreakerState.HALF_OPEN else MOST_OF_TARGET
        place = (target.organization_id, target.target_id)
        own = sum((one.organization_id, one.target_id) == place for one in under_way)
        room = min(MOST_AT_ONCE - len(under_way), MOST_OF_ORGANIZATION - organizations[target.organization_id], most - own)
        if target.breaker.failures:
            room = min(room, MOST_OF_FAILING - sum(one.breaker.failures > 0 for one in under_way))
        return room

    async def _send(self, message: Message, write: Callable[[], OutgoingCall | None]) -> None:
        began_at, began = self._clock.now(), time.monotonic()
        answered = await self._call(message, write)
        tried = Tried(
            attempt=Attempt(
                number=message.attempts + 1,
                at=began_at,
                took=timedelta(seconds=time.monotonic() - began),
                result=answered.result,
                status=answered.status,
                answer=answered.answer,
            ),
            at=self._clock.now(),
            chance=self._chance(),
            has_even_time=self._clock.has_run_evenly(GIVEN_UP_AFTER),
            asked=answered.asked,
        )
        if await self._record(message, tried):
            self._observer.observe_attempt(answered.result)

    async def _call(self, message: Message, write: Callable[[], OutgoingCall | None]) -> _Answered:
        try:
            call = write()
            if call is None:
                return _Answered(Result.REFUSED, None, _NO_CALLBACK)
            answer = await self._caller.tell(
                call.url, headers=call.headers, body=call.body, limit_bytes=EXCERPT_BYTES, within_seconds=self._within_seconds
            )
        except Unavailable as error:
            return _Answered(Result.FAILED, None, error.message)
        except ShipledgerError as error:
            return _Answered(Result.REFUSED, None, error.message)
        except Exception:
            log.exception("A message could not be sent because of an internal error.", message=message.message_id)
            return _Answered(Result.FAILED, None, _INTERNAL)
        result = judge(answer.status)
        asked = None
        if result is Result.FAILED:
            asked = read_retry_after(answer.headers.get("retry-after", ""), self._clock.now())
        return _Answered(result, answer.status, excerpt(answer.body, secrets=call.proofs), asked)

    async def _record(self, message: Message, tried: Tried) -> bool:
        """Keep what came of an attempt; without the store, for as long as the claim holds. Then the message is sent again."""
        deadline = time.monotonic() + _RECORDED_WITHIN_SECONDS
        while True:
            try:
                return await self._store.record_attempt(message, tried, node_id=self._node_id)
            except Unavailable as error:
                if time.monotonic() > deadline:
                    log.warning("An attempt was not recorded; the message will be sent again.", reason=error.message)
                    return False
            await asyncio.sleep(PAUSE_SECONDS)
