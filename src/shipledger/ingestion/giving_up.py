"""Give up deployments that have been silent for too long: pages then show that their end is unknown (ADR 0019)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import SILENCE_LIMIT
from shipledger.catalog.organization_settings.deployments import DeploymentSettings, load_settings_of
from shipledger.catalog.silence_limits import SilenceLimit, SilenceLimits, to_limit
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.gating.gate import GateStatus
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.history import RULES
from shipledger.ledger.own_receipts import PROTOCOL
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.silence import CLOCKS_DIFFER, OPERATION, WAITING_STATES, ask_to_give_up, find_last_heard, silent_since
from shipledger.ledger.state import State
from shipledger.ledger.submission import GiveUp, Target
from shipledger.store import rows
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 15.0
MOST_A_PASS = 50
MOST_AN_HOUR = 1_000
"""Per organization. After an upgrade there may be years of old runs, which must not arrive at once or hold up others."""
_PAGE = 200
_PAGES_A_PASS = 10
_HOUR = timedelta(hours=1)

log = structlog.get_logger(__name__)

_Place = tuple[int, str]


class GivingUp:
    """Scans running deployments, newest first, and writes a receipt for each that was silent for too long.

    ``limits`` are the installation's, which count where an organization has set nothing.

    Every pass scans the newest. If there are more than a pass can scan, the next one continues there.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        limits: SilenceLimits,
        *,
        silent_seconds: float,
        most_a_pass: int = MOST_A_PASS,
        most_an_hour: int = MOST_AN_HOUR,
    ) -> None:
        self._store = store
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._limits = limits
        self._silent_seconds = silent_seconds
        self._most_a_pass = most_a_pass
        self._most_an_hour = most_an_hour
        self._reached: dict[tuple[str, State], _Place] = {}

    async def run(self) -> None:
        """Write receipts for what is due, within the limits per pass and per hour. Raises Unavailable.

        Nodes of the previous version cannot read these receipts, so wait until they have stopped.
        """
        if await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
            return
        if await self._store.find_projection_rules() == RULES:
            await self._rounds.run(self._run)

    async def _run(self, organization: Organization) -> None:
        now, owner = self._clock.now(), organization.organization_id
        own = await load_settings_of(self._store, owner)
        shortest = own.find_shortest(SILENCE_LIMIT, self._limits.shortest)
        if shortest is None or not self._clock.has_run_evenly(shortest):
            return
        lately = await self._store.count_own_receipts(owner, operation=OPERATION, since=now - _HOUR)
        room = min(self._most_a_pass, self._most_an_hour - lately)
        receipts: list[Receipt] = []
        if room > 0:
            async for deployment in self._look_through(owner):
                if now - shortest < deployment.recorded_at <= now + CLOCKS_DIFFER:
                    continue
                receipt = await self._ask_if_due(deployment, own, now)
                if receipt is not None:
                    receipts.append(receipt)
                    if len(receipts) >= room:
                        break
        if receipts:
            await self._store.append_missing_receipts(
                receipts, claimed_by=None, concerns={receipt.receipt_id: () for receipt in receipts}
            )
            log.info("Gave up on deployments without recent reports.", organization=organization.slug, deployments=len(receipts))

    async def _look_through(self, owner: str) -> AsyncIterator[Deployment]:
        for state in WAITING_STATES:
            key, before = (owner, state), None
            for page_number in range(_PAGES_A_PASS):
                page = await self._store.list_deployments(owner, DeploymentFilter(state=state, before=before, limit=_PAGE))
                for deployment in page:
                    yield deployment
                if len(page) < _PAGE:
                    self._reached.pop(key, None)
                    break
                before = (rows.started_us(page[-1]), page[-1].deployment_id)
                if page_number == 0:
                    before = min(before, self._reached.get(key, before))
                else:
                    self._reached[key] = before

    async def _find_limit(self, deployment: Deployment, own: DeploymentSettings) -> tuple[SilenceLimit, str]:
        """The limit of a deployment, and whose setting it is: "" for the installation's."""
        found = await own.find(SILENCE_LIMIT, deployment)
        if found is None:
            return self._limits.find(deployment), ""
        return SilenceLimit(after=to_limit(found.held.value)), await own.describe(found)

    async def _ask_if_due(self, deployment: Deployment, own: DeploymentSettings, now: datetime) -> Receipt | None:
        (limit, set_for), even_since = await self._find_limit(deployment, own), self._clock.even_since
        if limit.after is None or even_since is None or now - limit.after < deployment.recorded_at <= now + CLOCKS_DIFFER:
            return None
        entries = await self._store.list_entries(deployment.organization_id, deployment.deployment_id)
        last = find_last_heard(deployment.report, entries)
        since = None if last is None else silent_since(deployment, last.accepted_at, even_since=even_since, now=now)
        if last is None or since is None or now - since < limit.after:
            return None
        gate = await self._store.find_gate(deployment.organization_id, deployment.deployment_id)
        if gate is not None and (gate.status is GateStatus.AWAITING or now - gate.changed_at < limit.after):
            return None  # its sender waits for a decision here, not the other way round
        submission = GiveUp(
            source=PROTOCOL,
            target=Target(key=deployment.deployment_id),
            order=deployment.report.order,
            heard_at=last.accepted_at,
            after_seconds=limit.after.total_seconds(),
            rule=limit.pattern,
            set_for=set_for,
        )
        return ask_to_give_up(deployment, submission, last, now=now)
