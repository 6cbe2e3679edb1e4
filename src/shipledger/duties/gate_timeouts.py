"""Prevent what waits at its gate for too long: nobody has decided, and whoever asked shall not wait for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from shipledger.catalog.organization import Organization
from shipledger.clock import Clock
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.duty import Duty
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import DecideGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import Asks
from shipledger.ledger.silence import CLOCKS_DIFFER
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 5.0
OPERATION = "gate-timeout"
ACTOR = Actor(ActorKind.DUTY, OPERATION)
_AT_ONCE = 200

log = structlog.get_logger(__name__)


class GateTimeouts:
    """Prevents the gates that have waited for ``after``, as far as the clock can tell: a decision is final."""

    def __init__(self, store: Store, clock: Clock, asks: Asks, after: timedelta) -> None:
        self._store = store
        self._asks = asks
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._after = after

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="gate timeouts", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Prevent what is due now. Raises Unavailable.

        Nodes of the version before cannot read what is asked for, so wait until they have stopped.
        """
        now = self._clock.now()
        if not self._clock.has_run_evenly(self._after) or await self._store.has_older_nodes(silent_seconds=SILENT_SECONDS):
            return
        await self._rounds.run(lambda organization: self._prevent(organization, now))

    async def _prevent(self, organization: Organization, now: datetime) -> None:
        """A gate that was asked for long after ``now`` was asked for while the clock was ahead."""
        due = await self._store.list_overdue_gates(
            organization.organization_id, asked_until=now - self._after, asked_after=now + CLOCKS_DIFFER, limit=_AT_ONCE
        )
        reason = describe_timeout(self._after)
        for gate in due:
            asked = DecideGate(deployment_id=gate.deployment_id, status=GateStatus.PREVENTED, reason=reason)
            (verdict,) = await self._asks.ask(organization.organization_id, [asked], operation=OPERATION, actor=ACTOR)
            if verdict.kind is VerdictKind.APPLIED:  # else somebody decided at this moment
                log.info("A gate ran out of time.", organization=organization.slug, gate=gate.key)


def describe_timeout(after: timedelta) -> str:
    """The reason of the decision that nobody made."""
    hours = after / timedelta(hours=1)
    time = f"{hours / 24:g} days" if hours >= 48 and hours % 24 == 0 else "1 hour" if hours == 1 else f"{hours:g} hours"  # noqa: PLR2004
    return f"Nobody decided within {time}."
