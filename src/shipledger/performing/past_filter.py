"""Which deployments a list shows, decided on the deployment itself: of the past there are no indexes. Pure."""

from __future__ import annotations

from collections.abc import Callable

from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.deployment import Deployment, service_alias
from shipledger.ledger.environment_names import EnvironmentNames, is_in
from shipledger.store import rows
from shipledger.store.lanes.rows import list_lane_keys, names_to_keys
from shipledger.texts import without_case


def make_filter(
    wanted: DeploymentFilter,
    service_keys: frozenset[str],
    names: EnvironmentNames,
    repositories: frozenset[str] = frozenset(),
    people: frozenset[str] = frozenset(),
) -> Callable[[Deployment], bool]:
    """What takes the deployments that are wanted, whatever the page. ``service_keys``: of the lanes of the service.

    ``names``: those of environments. ``repositories`` and ``people``: all names of the wanted one, without case.
    """
    called = names_to_keys([rows.from_alias(service_alias(wanted.service_name))[1]]) if wanted.service_name else []
    keys = service_keys | frozenset(called)
    commit, environment = without_case(wanted.commit), wanted.environment

    def fits(one: Deployment) -> bool:
        return (
            one.is_listed
            and (not wanted.state or one.shown_state == wanted.state)
            and (not wanted.source or one.source == wanted.source)
            and (not people or not people.isdisjoint(one.person_keys))
            and (not wanted.tier or (one.environment is not None and one.environment.tier == wanted.tier))
            and (not environment or is_in(one.environment, environment, names))
            and (not keys or not keys.isdisjoint(list_lane_keys(one)))
            and (not (repositories or commit) or _has_release(one, repositories, commit))
            and _is_in_time(one, wanted)
        )

    return fits


def _has_release(one: Deployment, repositories: frozenset[str], commit: str) -> bool:
    return any(
        (not repositories or rows.to_repository_key(release.repository) in repositories)
        and without_case(release.commit).startswith(commit)
        for release in one.releases
    )


def _is_in_time(one: Deployment, wanted: DeploymentFilter) -> bool:
    if wanted.started_from is None and wanted.started_until is None:
        return True
    started_at = one.started_at
    if started_at is None:
        return False
    moment = to_microseconds(started_at)
    is_after = wanted.started_from is None or moment >= to_microseconds(wanted.started_from)
    return is_after and (wanted.started_until is None or moment <= to_microseconds(wanted.started_until))
