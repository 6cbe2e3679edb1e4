"""From the ledger's records to this API's answers. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, UnsetType

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment, Release
from shipledger.ledger.verdict import VerdictKind
from shipledger.protocols.opsgenie.translate import REPOSITORY_HOST
from shipledger.protocols.opsgenie.vocabulary import ACTIONS, PIPELINES_SOURCE, STATE_WORDS, TIER_WORDS, status_of
from shipledger.protocols.opsgenie.wire import (
    CommitOut,
    DeploymentOut,
    EnvironmentOut,
    FoundDeploymentOut,
    FoundEnvironmentOut,
    ReleaseOut,
    RepositoryOut,
    RequestStatusOut,
)
from shipledger.protocols.times import format_time

_NO_ENVIRONMENT = Environment(id="", name="", tier=Tier.UNMAPPED)
"""What a deployment of another protocol shows when nobody said where it went: the members must be there."""


def to_deployment(deployment: Deployment) -> DeploymentOut:
    """The answer of get."""
    environment = deployment.environment or _NO_ENVIRONMENT
    tier = TIER_WORDS[environment.tier]
    commit_message = _original(deployment, "commit_message") or ""
    is_pipelines = deployment.source == PIPELINES_SOURCE
    return DeploymentOut(
        id=deployment.deployment_id,
        external_id=deployment.external_id,
        state=STATE_WORDS[deployment.state],
        environment=EnvironmentOut(
            environment_type=tier, identifier=environment.id, display_name=environment.name, type=tier, id=environment.id
        ),
        type=_type_of(deployment),
        started_at=_started_at(deployment),
        completed_at=_time(deployment.report.reported_at),
        releases=[_to_release(release) for release in deployment.releases],
        message=deployment.facts.title or UNSET,
        description=deployment.facts.description or UNSET,
        external_link=deployment.facts.url or UNSET,
        created_on=(_original(deployment, "created_on") or _started_at(deployment)) if is_pipelines else UNSET,
        fullname=(_original(deployment, "full_name") or _full_name(deployment)) if is_pipelines else UNSET,
        deployable_name=commit_message.partition("\n")[0] if is_pipelines else UNSET,
        commit_message=commit_message if is_pipelines else UNSET,
    )


def to_found_deployment(deployment: Deployment) -> FoundDeploymentOut:
    """One row of the answer of search."""
    environment = deployment.environment or _NO_ENVIRONMENT
    return FoundDeploymentOut(
        id=deployment.deployment_id,
        external_id=deployment.external_id,
        type=_type_of(deployment),
        state=STATE_WORDS[deployment.state],
        started_at=_started_at(deployment),
        completed_at=_time(deployment.report.reported_at),
        message=deployment.facts.title or UNSET,
        description=deployment.facts.description or UNSET,
        environment=FoundEnvironmentOut(type=TIER_WORDS[environment.tier], id=environment.id, display_name=environment.name),
    )


def to_request_status(settlement: Settlement) -> RequestStatusOut:
    """What became of a request that is settled, or that a fault of ours keeps from being settled."""
    verdict = settlement.verdicts[0] if settlement.verdicts else None
    is_success = verdict is not None and verdict.kind is not VerdictKind.REJECTED
    return RequestStatusOut(
        action=ACTIONS[settlement.operation][0],
        processed_at=format_time(settlement.settled_at or settlement.accepted_at),
        is_success=is_success,
        status=status_of(settlement),
        deployment_id=(verdict.deployment_id or "") if verdict is not None and is_success else "",
    )


def _type_of(deployment: Deployment) -> str:
    return "pipelines" if deployment.source == PIPELINES_SOURCE else "api"


def _started_at(deployment: Deployment) -> str:
    """Always there; where nobody said it, the time when the deployment was recorded stands for it."""
    return format_time(deployment.said_started_at or deployment.recorded_at)


def _time(moment: datetime | None) -> str | UnsetType:
    return UNSET if moment is None else format_time(moment)


def _to_release(release: Release) -> ReleaseOut:
    """As sent; for a release of another protocol, what its canonical name says."""
    host, _, path = release.repository.partition("/")
    owner, _, name = path.rpartition("/")
    original = release.original
    return ReleaseOut(
        commit=CommitOut(sha=release.commit),
        type=original.get("type") or ("bbc" if host == REPOSITORY_HOST else host),
        repository=RepositoryOut(repo_slug=original.get("slug", name), workspace=original.get("workspace", owner)),
    )


def _original(deployment: Deployment, name: str) -> str | None:
    """What the importer of Bitbucket Pipelines keeps besides: ``created_on``, ``full_name``, ``commit_message``."""
    return None if deployment.facts.original is UNSET else deployment.facts.original.get(name)


def _full_name(deployment: Deployment) -> str:
    return deployment.releases[0].repository.partition("/")[2] if deployment.releases else ""
