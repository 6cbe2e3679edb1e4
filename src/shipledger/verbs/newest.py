"""The newest deployments, of which what starts in the far future is none: one wrong clock would stay on top for years."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import AFTER_ALL_IDS, NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.ahead import FAR_AHEAD, is_far_ahead
from shipledger.ledger.deployment import Deployment

BEFORE_ALL = (-NEVER_STARTED_US, "~")
"""Where a list begins that has them, too."""


class ListsDeployments(Protocol):
    """Who lists deployments."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page, newest start first."""


async def list_newest(
    ledger: ListsDeployments, organization_id: str, wanted: DeploymentFilter, now: datetime
) -> Found[Deployment]:
    """The first page, with what starts in the far future at its end."""
    found = await ledger.list_deployments(organization_id, wanted)
    ahead = [one for one in found if is_far_ahead(one.started_at, now)]
    if not ahead or _says_when(wanted):
        return found
    begun = await ledger.list_deployments(organization_id, replace(wanted, before=_after_ahead(now)))
    return Found([*begun, *ahead][: wanted.limit], {one.key: one for one in (*found.damaged, *begun.damaged)}.values())


async def list_begun(
    ledger: ListsDeployments, organization_id: str, wanted: DeploymentFilter, now: datetime
) -> tuple[Found[Deployment], bool]:
    """A page without what starts in the far future, unless that is all there is; and whether some was left out."""
    found = await ledger.list_deployments(organization_id, wanted)
    if not found or _says_when(wanted) or not is_far_ahead(found[0].started_at, now):
        return found, False
    begun = await ledger.list_deployments(organization_id, replace(wanted, before=_after_ahead(now)))
    return (begun, True) if begun else (found, False)


def _says_when(wanted: DeploymentFilter) -> bool:
    return wanted.before is not None or wanted.started_from is not None or wanted.started_until is not None


def _after_ahead(now: datetime) -> tuple[int, str]:
    return to_microseconds(now + FAR_AHEAD), AFTER_ALL_IDS
