"""Which of the deployments that verdicts name can be opened, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shipledger.ledger.receipt import Settlement
from shipledger.ledger.titles import title_of
from shipledger.verbs.browsing import DeploymentBrowsing


async def find_opening(ledger: DeploymentBrowsing, organization_id: str, settlements: Iterable[Settlement]) -> Mapping[str, str]:
    """The titles of the deployments that have a page, by id, be it one that says that they are damaged.

    A verdict stays when its deployment is erased, which is not among them.
    """
    named = {verdict.deployment_id for one in settlements for verdict in one.verdicts if verdict.deployment_id}
    found = await ledger.read_deployments(organization_id, sorted(named))
    titles = {one.deployment_id: title_of(one) for one in found}
    left = named if found.damaged else titles.keys()
    return {one: titles.get(one) or f"Deployment {one}" for one in left}
