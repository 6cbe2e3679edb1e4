"""The other runs of a deployment, as its page lists them."""

from __future__ import annotations

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople
from shipledger.ledger.deployment import Deployment, series_of
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.verbs.browsing import DeploymentBrowsing
from shipledger.web.pages.rows import DeploymentRow, to_row

RUNS_SHOWN = 20


class OtherRuns(Struct, frozen=True):
    """Runs before and after one, each newest first. ``is_cut``: there are more of them."""

    earlier: tuple[DeploymentRow, ...] = ()
    later: tuple[DeploymentRow, ...] = ()
    is_cut: bool = False


async def list_other_runs(
    ledger: DeploymentBrowsing, deployment: Deployment, names: EnvironmentNames, people: KnownPeople
) -> OtherRuns:
    """The last recorded runs that share the name of ``deployment``."""
    series = series_of(deployment)
    if series is None:
        return OtherRuns()
    found = await ledger.list_deployments_by_alias(deployment.organization_id, series, limit=RUNS_SHOWN + 2)
    others = sorted((one for one in found if one.deployment_id != deployment.deployment_id), key=_start_of, reverse=True)
    own = _start_of(deployment)
    return OtherRuns(
        earlier=tuple(to_row(one, names, people) for one in others[:RUNS_SHOWN] if _start_of(one) < own),
        later=tuple(to_row(one, names, people) for one in others[:RUNS_SHOWN] if _start_of(one) > own),
        is_cut=len(others) > RUNS_SHOWN,
    )


def _start_of(deployment: Deployment) -> tuple[float, str]:
    moment = deployment.started_at or deployment.recorded_at
    return moment.timestamp(), deployment.deployment_id
