"""Prevent what waits at its gate for too long: nobody has decided, and whoever asked shall not wait for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import GATE_TIMEOUT
from shipledger.catalog.organization_settings.deployments import DeploymentSettings, load_settings_of
from shipledger.catalog.silence_limits import to_limit
from shipledger.clock import Clock
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.duty import Duty
from shipledger.gating.gate import Gate, GateStatus
from shipledger.gating.submissions import DecideGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import Asks
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.silence import CLOCKS_DIFFER
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 5.0
OPERATION = "gate-timeout"
ACTOR = Actor(ActorKind.DUTY, OPERATION)
_AT_ONCE = 200

log = structlog.get_logger(__name__)


class _Due(Struct, frozen=True):
    """A gate that has waited for ``after``, which the setting of ``set_for`` says: "" for the installation."""

    gate: Gate
    after: timedelta
    set_for: str = ""


class GateTimeouts:
    """Prevents the gates that have waited for too long, as far as the clock can tell: a decision is final.

    ``after`` is what the installation says, which counts where an organization has set nothing; None: forever.
    """

    def __init__(self, store: Store, clock: Clock, asks: Asks, after: timedelta | None) -> None:
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
        if await self._store.has_older_nodes(silent_seconds=SILENT_SECONDS):
            return
        await self._rounds.run(lambda organization: self._prevent(organization, now))

    async def _prevent(self, organization: Organization, now: datetime) -> None:
        due: list[_Due] = []
        async for one in self._list_due(organization.organization_id, now):
            due.append(one)
            if len(due) == _AT_ONCE:
                break
        if not due:
            return
        asked = [
            DecideGate(
                deployment_id=one.gate.deployment_id,
                status=GateStatus.PREVENTED,
                reason=describe_timeout(one.after, one.set_for),
            )
            for one in due
        ]
        verdicts = await self._asks.ask(organization.organization_id, asked, operation=OPERATION, actor=ACTOR)
        for one, verdict in zip(due, verdicts, strict=True):
            if verdict.kind is VerdictKind.APPLIED:  # else somebody decided at this moment
                log.info("A gate ran out of time.", organization=organization.slug, gate=one.gate.key)

    async def _list_due(self, owner: str, now: datetime) -> AsyncIterator[_Due]:
        """Where all gates have one limit, an index tells which are due; else each that waits is looked at."""
        own = await load_settings_of(self._store, owner)
        if own.list_values(GATE_TIMEOUT):
            async for due in self._look_through(owner, own, now):
                yield due
        elif self._after is not None and self._clock.has_run_evenly(self._after):
            found = await self._store.list_overdue_gates(
                owner, asked_until=now - self._after, asked_after=now + CLOCKS_DIFFER, limit=_AT_ONCE
            )
            for gate in found:
                yield _Due(gate, self._after)

    async def _look_through(self, owner: str, own: DeploymentSettings, now: datetime) -> AsyncIterator[_Due]:
        shortest = own.find_shortest(GATE_TIMEOUT, self._after)
        before: int | None = None
        while shortest is not None:
            page = await self._store.list_gates(owner, status=GateStatus.AWAITING, before_number=before, limit=_AT_ONCE)
            old = [gate for gate in page if not now - shortest < gate.asked_at <= now + CLOCKS_DIFFER]
            found = await self._store.read_deployments(owner, [gate.deployment_id for gate in old])
            deployments = {one.deployment_id: one for one in found}
            for gate in old:
                deployment = deployments.get(gate.deployment_id)
                if deployment is None and found.damaged:
                    continue  # which limit it has cannot be read
                due = await self._find_due(gate, deployment, own, now)
                if due is not None:
                    yield due
            if page.total < _AT_ONCE or not page:
                return
            before = page[-1].number

    async def _find_due(self, gate: Gate, deployment: Deployment | None, own: DeploymentSettings, now: datetime) -> _Due | None:
        """A gate that was asked for long after ``now`` was asked for while the clock was ahead."""
        found = None if deployment is None else await own.find(GATE_TIMEOUT, deployment)
        after = self._after if found is None else to_limit(found.held.value)
        if after is None or not self._clock.has_run_evenly(after) or now - after < gate.asked_at <= now + CLOCKS_DIFFER:
            return None
        return _Due(gate, after, "" if found is None else await own.describe(found))


def describe_timeout(after: timedelta, set_for: str = "") -> str:
    """The reason of the decision that nobody made."""
    hours = after / timedelta(hours=1)
    time = f"{hours / 24:g} days" if hours >= 48 and hours % 24 == 0 else "1 hour" if hours == 1 else f"{hours:g} hours"  # noqa: PLR2004
    return f"Nobody decided within {time}{f', the time-out of the {set_for}' if set_for else ''}."
