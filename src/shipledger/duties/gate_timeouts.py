"""Prevent what waits at its gate for too long: nobody has decided, and whoever asked shall not wait for ever."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

import structlog

from shipledger.catalog.organization import Organization
from shipledger.clock import Clock
from shipledger.duty import Duty
from shipledger.errors import Conflict
from shipledger.gating.gate import GateStatus
from shipledger.ledger.silence import CLOCKS_DIFFER
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 5.0
_AT_ONCE = 200

log = structlog.get_logger(__name__)


class GateTimeouts:
    """Prevents the gates that have waited for ``after``, as far as the clock can tell: a decision is final."""

    def __init__(self, store: Store, clock: Clock, after: timedelta) -> None:
        self._store = store
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._after = after

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="gate timeouts", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Prevent what is due now. Raises Unavailable."""
        now = self._clock.now()
        if not self._clock.has_run_evenly(self._after):
            return
        await self._rounds.run(lambda organization: self._prevent(organization, now))

    async def _prevent(self, organization: Organization, now: datetime) -> None:
        """A gate that was asked for long after ``now`` was asked for while the clock was ahead."""
        due = await self._store.list_overdue_gates(
            organization.organization_id, asked_until=now - self._after, asked_after=now + CLOCKS_DIFFER, limit=_AT_ONCE
        )
        for gate in due:
            with contextlib.suppress(Conflict):  # somebody decided at this moment
                await self._store.decide_gate(gate, GateStatus.PREVENTED, reason=describe_timeout(self._after), now=now)
                log.info("A gate ran out of time.", organization=organization.slug, gate=gate.key)


def describe_timeout(after: timedelta) -> str:
    """The reason of the decision that nobody made."""
    hours = after / timedelta(hours=1)
    time = f"{hours / 24:g} days" if hours >= 48 and hours % 24 == 0 else "1 hour" if hours == 1 else f"{hours:g} hours"  # noqa: PLR2004
    return f"Nobody decided within {time}."
