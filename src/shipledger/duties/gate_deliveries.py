"""Tell apps how the gates of their deployments stand, until they have heard it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from msgspec.structs import replace

from shipledger.access.signing_app import SigningApp
from shipledger.catalog.organization import Organization
from shipledger.clock import Clock, Jump
from shipledger.duty import Duty
from shipledger.errors import ShipledgerError, Unavailable
from shipledger.gating.delivery import LONGEST_PAUSE, Delivery, DeliveryState
from shipledger.outgoing.answer import Answer
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 1.0
MOST_ATTEMPTS = 6
RETRIED = frozenset({408, 409, 425, 429, *range(500, 600)})
_AT_ONCE = 16

Tell = Callable[[SigningApp, Delivery], Awaitable[Answer | None]]
"""Tells an app how a gate stands, as its protocol does: what it answered, or None if it wants no such call."""
Pause = Callable[[], timedelta]


def pause_before_repeat() -> timedelta:
    """5 to 15 minutes."""
    return LONGEST_PAUSE * random.uniform(1 / 3, 1)  # noqa: S311  no secret


class GateDeliveries:
    """Tells of the changes of a gate in their order, each at least once. Looks for those that a clock has put off for years.

    ``tell`` has the way to tell an app for each kind of credential that has one.
    """

    def __init__(self, store: Store, clock: Clock, tell: Mapping[str, Tell], *, pause: Pause = pause_before_repeat) -> None:
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
            found = await self._store.list_signing_apps_of(owner)
            apps = {
                app.credential_id: (app, self._tell[credential.kind])
                for credential, app in found
                if credential.kind in self._tell
            }
            tries = (self._try(*apps[one.gate.credential_id], one) for one in due if one.gate.credential_id in apps)
            await asyncio.gather(*tries)

    async def _try(self, app: SigningApp, tell: Tell, delivery: Delivery) -> None:
        state, answer = await self._ask(app, tell, delivery)
        attempts = delivery.attempts + 1
        if state is DeliveryState.PENDING and attempts >= MOST_ATTEMPTS:
            state = DeliveryState.FAILED
        now = self._clock.now()
        due_at = now + self._pause() if state is DeliveryState.PENDING else delivery.due_at
        after = replace(delivery, state=state, attempts=attempts, answer=answer, due_at=due_at)
        await self._store.note_delivery(delivery, after, now=now)

    async def _ask(self, app: SigningApp, tell: Tell, delivery: Delivery) -> tuple[DeliveryState, str]:
        try:
            answer = await tell(app, delivery)
        except Unavailable as error:
            return DeliveryState.PENDING, error.message
        except ShipledgerError as error:
            return DeliveryState.FAILED, error.message
        if answer is None:
            return DeliveryState.FAILED, "The app no longer has a callback."
        if answer.is_success:
            return DeliveryState.DELIVERED, str(answer.status)
        return (DeliveryState.PENDING if answer.status in RETRIED else DeliveryState.FAILED), str(answer.status)
