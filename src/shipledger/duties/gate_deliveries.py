"""Tell apps how the gates of their deployments stand, until they have heard it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec.structs import replace

from shipledger.access.connect_app import ConnectApp
from shipledger.catalog.organization import Organization
from shipledger.clock import Clock, Jump
from shipledger.duties.duty import Duty
from shipledger.errors import ShipledgerError, Unavailable
from shipledger.gating.delivery import LONGEST_PAUSE, Delivery, DeliveryState
from shipledger.outgoing.answer import Answer
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 1.0
MOST_ATTEMPTS = 6
RETRIED = frozenset({408, 409, 425, 429, *range(500, 600)})
_AT_ONCE = 16

Tell = Callable[[ConnectApp, Delivery], Awaitable[Answer | None]]
Pause = Callable[[], timedelta]


def pause_before_repeat() -> timedelta:
    """5 to 15 minutes."""
    return LONGEST_PAUSE * random.uniform(1 / 3, 1)  # noqa: S311  no secret


class GateDeliveries:
    """Tells of the changes of a gate in their order, each at least once. Looks for those that a clock has put off for years."""

    def __init__(self, store: Store, clock: Clock, tell: Tell, *, pause: Pause = pause_before_repeat) -> None:
        self._store = store
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._tell = tell
        self._pause = pause
        self._hastened: dict[str, Jump | None] = {}

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="gates", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Tell what is due now. Raises Unavailable."""
        await self._rounds.run(self._run)

    async def _run(self, organization: Organization) -> None:
        owner = organization.organization_id
        if owner not in self._hastened or self._hastened[owner] is not self._clock.jump:
            await self._store.hasten_deliveries(owner, now=self._clock.now())
            self._hastened[owner] = self._clock.jump
        due = await self._store.list_due_deliveries(owner, now=self._clock.now(), limit=_AT_ONCE)
        if due:
            apps = {app.credential_id: app for _, app in await self._store.list_connect_apps_of(owner)}
            await asyncio.gather(*(self._try(apps[one.gate.credential_id], one) for one in due if one.gate.credential_id in apps))

    async def _try(self, app: ConnectApp, delivery: Delivery) -> None:
        state, answer = await self._ask(app, delivery)
        attempts = delivery.attempts + 1
        if state is DeliveryState.PENDING and attempts >= MOST_ATTEMPTS:
            state = DeliveryState.FAILED
        now = self._clock.now()
        due_at = now + self._pause() if state is DeliveryState.PENDING else delivery.due_at
        after = replace(delivery, state=state, attempts=attempts, answer=answer, due_at=due_at)
        await self._store.note_delivery(delivery, after, now=now)

    async def _ask(self, app: ConnectApp, delivery: Delivery) -> tuple[DeliveryState, str]:
        try:
            answer = await self._tell(app, delivery)
        except Unavailable as error:
            return DeliveryState.PENDING, error.message
        except ShipledgerError as error:
            return DeliveryState.FAILED, error.message
        if answer is None:
            return DeliveryState.FAILED, "The app no longer has a callback."
        if answer.is_success:
            return DeliveryState.DELIVERED, str(answer.status)
        return (DeliveryState.PENDING if answer.status in RETRIED else DeliveryState.FAILED), str(answer.status)
