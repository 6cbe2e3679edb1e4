"""Merge records that tell of one deployment by themselves, where the organization wants that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import MERGE_WITHIN
from shipledger.catalog.organization_settings.deployments import DeploymentSettings, load_settings_of
from shipledger.clock import Clock
from shipledger.duties.duplicates import Duplicates, Place
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.duty import Duty
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import Asks
from shipledger.ledger.likeness import Pair
from shipledger.ledger.past import FINAL_AFTER
from shipledger.ledger.submission import Merge, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 10.0
LOOK_BACK = timedelta(days=30)
"""So old may be what a rule merges when it is switched on, or when this server starts."""
OPERATION = "merge-deployments"
ACTOR = Actor(ActorKind.DUTY, OPERATION)
_LOOKED_AT_A_PASS = 2_000
_AT_ONCE = 100

log = structlog.get_logger(__name__)


class _Reached(Struct, frozen=True):
    """Up to where what was recorded is looked through, by which values of the setting."""

    place: Place
    values: tuple[float, ...]


class Merging:
    """Merges what is alike, by the setting ``merge_within_seconds``.

    What it has looked through is remembered in memory alone: after a start it looks through the last days again, which changes
    nothing of what is merged, or was split by hand. So it does not matter which report came first, nor when.
    """

    def __init__(self, store: Store, clock: Clock, asks: Asks) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._rounds = Rounds(store.list_organizations)
        self._duplicates = Duplicates(store)
        self._reached: dict[str, _Reached] = {}

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="merging", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Merge what is alike by now. Raises Unavailable.

        Nodes of the version before cannot read what is asked for, so wait until they have stopped.
        """
        if not await self._store.has_older_nodes(silent_seconds=SILENT_SECONDS):
            await self._rounds.run(self._merge)

    async def _merge(self, organization: Organization) -> None:
        owner = organization.organization_id
        own = await load_settings_of(self._store, owner)
        values = tuple(sorted(one for one in own.list_values(MERGE_WITHIN) if isinstance(one, int | float)))
        if not any(values):
            self._reached.pop(owner, None)
            return
        reached = self._reached.get(owner)
        now = self._clock.now()
        after = reached.place if reached is not None and reached.values == values else (now - LOOK_BACK, "")
        within = timedelta(seconds=values[-1])
        found = await self._duplicates.list_pairs(owner, after=after, within=within, limit=_LOOKED_AT_A_PASS)
        wanted = [pair for pair in found.pairs if await _is_wanted(pair, own)]
        for first in range(0, len(wanted), _AT_ONCE):
            await self._ask(organization, wanted[first : first + _AT_ONCE])
        # A transaction that was decided earlier may be committed later.
        place = min(found.reached, (now - FINAL_AFTER, "")) if found.is_complete else found.reached
        self._reached[owner] = _Reached(max(after, place), values)

    async def _ask(self, organization: Organization, pairs: Sequence[Pair]) -> None:
        asked = [
            Merge(
                source=OPERATION,
                target=Target(key=pair.record.deployment_id),
                into=pair.host.deployment_id,
                rule=pair.likeness.sentence,
            )
            for pair in pairs
        ]
        verdicts = await self._asks.ask(organization.organization_id, asked, operation=OPERATION, actor=ACTOR)
        merged = sum(one.kind is VerdictKind.APPLIED for one in verdicts)
        if merged:
            log.info("Merged records that tell of one deployment.", organization=organization.slug, deployments=merged)


async def _is_wanted(pair: Pair, own: DeploymentSettings) -> bool:
    """Whether what is set for both records allows so much time between them."""
    found = [await own.find(MERGE_WITHIN, one) for one in (pair.record, pair.host)]
    seconds = [one.held.value if one is not None and isinstance(one.held.value, int | float) else 0 for one in found]
    return pair.likeness.apart <= timedelta(seconds=min(seconds))
