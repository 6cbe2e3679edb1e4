"""Bring the tiers of recorded deployments in line with the rules.

A command that changes the rules applies them itself. What is left: the first start after an upgrade, and a command that was
killed half-way.
"""

from __future__ import annotations

import structlog

from shipledger.catalog.organization import Organization
from shipledger.catalog.retiering import apply_policy
from shipledger.duty import Duty
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 300.0

log = structlog.get_logger(__name__)


def tier_duty(store: Store) -> Duty:
    """The duty, which finds nothing to do nearly always."""

    async def apply(organization: Organization) -> None:
        changed = await apply_policy(store, organization.organization_id)
        if changed:
            log.info("Changed the tiers of deployments.", organization=organization.slug, deployments=changed)

    rounds = Rounds(store.list_organizations)
    return Duty(name="tiers", pause_seconds=PAUSE_SECONDS, run=lambda: rounds.run(apply))
