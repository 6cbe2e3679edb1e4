"""From a failed deployment to the one that remedied it, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shipledger.deployments.lookups import Loaded, Lookup
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.remedies import remediation_of, remedied_aliases, remedying_aliases, version_aliases
from shipledger.ledger.submission import Alias
from shipledger.verbs.browsing import DeploymentBrowsing

PAGE = 500
PAGES = 10
"""So far is a version looked for after the deployment that it remedied."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def find_remedies(ledger: DeploymentBrowsing, deployments: Sequence[Deployment]) -> dict[str, Deployment]:
    """The deployments that remedied ``deployments``, which are all of one organization, by the id of the remedied one."""
    lookups = {one.deployment_id: lookups for one in deployments if (lookups := _lookups_of(one))}
    loaded = await _load(ledger, [lookup for wanted in lookups.values() for lookup in wanted])
    found: dict[str, Deployment] = {}
    for one in deployments:
        remedy = _first(loaded, lookups.get(one.deployment_id, ())) or await _find_version(ledger, one)
        if remedy is not None and remedy.deployment_id != one.deployment_id:
            found[one.deployment_id] = remedy
    return found


async def find_remedied(ledger: DeploymentBrowsing, deployments: Sequence[Deployment]) -> dict[str, Deployment]:
    """The newest deployment that each of ``deployments``, all of one organization, remedied, by the id of the remedy."""
    names = {one.deployment_id: _remedied_lookups(one) for one in deployments}
    loaded = await _load(ledger, [lookup for wanted in names.values() for lookup in wanted])
    found = {deployment_id: _first(loaded, wanted) for deployment_id, wanted in names.items()}
    return {deployment_id: one for deployment_id, one in found.items() if one is not None and one.deployment_id != deployment_id}


def _lookups_of(deployment: Deployment) -> tuple[Lookup, ...]:
    said = remediation_of(deployment.facts)
    if said is None or said.id is None:
        return ()
    organization_id = deployment.organization_id
    by_id = Lookup(organization_id=organization_id, deployment_id=said.id)
    if said.scope is None:
        return (by_id,)
    return (Lookup(organization_id=organization_id, alias=Alias(scope=said.scope, key=said.id)), by_id)


def _remedied_lookups(deployment: Deployment) -> tuple[Lookup, ...]:
    names = remedying_aliases(deployment.deployment_id, (*deployment.identities, *deployment.names), deployment.facts)
    return tuple(Lookup(organization_id=deployment.organization_id, alias=name) for name in names)


async def _load(ledger: DeploymentBrowsing, lookups: Sequence[Lookup]) -> Loaded:
    return await ledger.load(lookups) if lookups else Loaded(deployments={}, by_alias={})


def _first(loaded: Loaded, lookups: Sequence[Lookup]) -> Deployment | None:
    for lookup in lookups:
        place = (lookup.organization_id, lookup.alias) if lookup.alias else None
        found = loaded.by_alias.get(place) if place else lookup.deployment_id
        deployment = loaded.deployments.get((lookup.organization_id, found or ""))
        if deployment is not None:
            return deployment
    return None


async def _find_version(ledger: DeploymentBrowsing, failed: Deployment) -> Deployment | None:
    """The most recently finished deployment of the version that is said to have remedied ``failed``."""
    names = {*remedied_aliases(failed.facts)}
    said = remediation_of(failed.facts)
    services = failed.facts.services
    if said is None or said.id is not None or not names or not services:
        return None
    newest, after = None, None
    for _ in range(PAGES):
        page = await ledger.scan_deployments(
            failed.organization_id,
            services=tuple(service.casefold() for service in services),
            started_from=failed.started_at,
            started_until=None,
            is_ascending=True,
            after=after,
            limit=PAGE,
        )
        fitting = [one for one in page if one.deployment_id != failed.deployment_id and names & {*_versions_of(one)}]
        newest = max([*fitting, *([newest] if newest else [])], key=_ended_at, default=None)
        if page.total < PAGE:
            break
        after = page[-1]
    return newest


def _versions_of(deployment: Deployment) -> tuple[Alias, ...]:
    version = deployment.facts.version
    return version_aliases(deployment.facts, version if isinstance(version, str) else None)


def _ended_at(deployment: Deployment) -> datetime:
    return deployment.ended_at or _LONG_AGO
