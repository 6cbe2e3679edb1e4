"""Which of the deployments that verdicts name can be opened: a verdict stays when its deployment is erased."""

from __future__ import annotations

from collections.abc import Iterable

from shipledger.ledger.receipt import Settlement
from shipledger.verbs.browsing import DeploymentBrowsing


async def find_opening(ledger: DeploymentBrowsing, organization_id: str, settlements: Iterable[Settlement]) -> frozenset[str]:
    """The ids of the deployments that have a page, be it one that says that they are damaged."""
    named = {verdict.deployment_id for one in settlements for verdict in one.verdicts if verdict.deployment_id}
    found = await ledger.read_deployments(organization_id, sorted(named))
    return frozenset(named if found.damaged else (one.deployment_id for one in found))
