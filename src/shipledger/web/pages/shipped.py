"""How far an issue has shipped: its deployments by tier, pipeline and environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.state import State, Tier, is_final
from shipledger.ledger.submission import Pipeline
from shipledger.web.pages.formats import short_repository
from shipledger.web.pages.rows import title_of
from shipledger.web.pages.words import ISSUE_SOURCES, TIERS

TIER_ORDER = tuple(TIERS)
"""The most advanced first."""


class Shipment(Struct, frozen=True):
    """What an issue's page tells of one deployment."""

    id: str
    version: int
    title: str
    url: str
    state: State
    tier: Tier
    environment: str
    pipeline: str
    pipeline_url: str
    updated_at: datetime
    source: str
    named: str


class Line(Struct, frozen=True):
    """One pipeline in one environment: the deployment that counts, and the ones before it, newest first."""

    latest: Shipment
    older: tuple[Shipment, ...]


class TierTable(Struct, frozen=True):
    """The lines of one tier, the one that changed last first."""

    tier: Tier
    lines: tuple[Line, ...]

    @property
    def latest(self) -> Shipment:
        """What happened last in this tier."""
        return self.lines[0].latest

    @property
    def is_shipped(self) -> bool:
        """Whether a deployment to this tier is successful."""
        return any(one.state is State.SUCCESSFUL for line in self.lines for one in (line.latest, *line.older))


def list_tables(deployments: Iterable[Deployment], key: str = "") -> list[TierTable]:
    """A table for each tier that any of ``deployments`` went to, the most advanced first. ``key``: the issue that they name."""
    found = list(deployments)
    names = _current_names(found)
    groups: dict[tuple[Tier, str, str, str], list[Deployment]] = {}
    for deployment in found:
        tier, name = _tier_of(deployment), _environment_name(deployment, names).casefold()
        groups.setdefault((tier, _sender_of(deployment), _pipeline_key(deployment), name), []).append(deployment)
    lines: dict[Tier, list[Line]] = {}
    for (tier, *_), group in groups.items():
        shipments = [_to_shipment(one, names, key) for one in sorted(group, key=_place, reverse=True)]
        lines.setdefault(tier, []).append(Line(latest=shipments[0], older=tuple(shipments[1:])))
    return [
        TierTable(tier=tier, lines=tuple(sorted(lines[tier], key=lambda line: line.latest.updated_at, reverse=True)))
        for tier in TIER_ORDER
        if tier in lines
    ]


def find_most_advanced(tables: Sequence[TierTable]) -> TierTable | None:
    """The most advanced tier with a successful deployment, else the most advanced one; None for none."""
    return next((table for table in tables if table.is_shipped), tables[0] if tables else None)


def count_unended(tables: Iterable[TierTable]) -> int:
    """How many deployments never ended although a later one of their pipeline and environment did."""
    return sum(
        not is_final(one.state) for table in tables for line in table.lines if is_final(line.latest.state) for one in line.older
    )


def _place(deployment: Deployment) -> tuple[bool, int, datetime, str]:
    """Where it stands among the deployments of one pipeline and environment: by its sender's number, else by time."""
    sequence = deployment.facts.sequence
    is_numbered = isinstance(sequence, int)
    return is_numbered, sequence if isinstance(sequence, int) else 0, deployment.placed_at, deployment.deployment_id


def _current_names(deployments: Iterable[Deployment]) -> dict[tuple[str, str, str], str]:
    """How each sender names its pipelines and environments now: its newest record names them everywhere."""
    names: dict[tuple[str, str, str], str] = {}
    for deployment in sorted(deployments, key=lambda one: (one.updated_at, one.deployment_id)):
        sender = _sender_of(deployment)
        if deployment.environment is not None:
            names[sender, "environment", deployment.environment.id] = deployment.environment.name
        pipeline = deployment.facts.pipeline
        if isinstance(pipeline, Pipeline):
            names[sender, "pipeline", pipeline.id] = pipeline.name or pipeline.id
    return names


def _to_shipment(deployment: Deployment, names: dict[tuple[str, str, str], str], key: str) -> Shipment:
    url = deployment.facts.url
    pipeline, pipeline_url = _pipeline_of(deployment, names)
    environment = _environment_name(deployment, names)
    tier = _tier_of(deployment)
    return Shipment(
        id=deployment.deployment_id,
        version=deployment.version,
        title=title_of(deployment),
        url=url if isinstance(url, str) else "",
        state=deployment.shown_state,
        tier=tier,
        environment=environment,
        pipeline=pipeline,
        pipeline_url=pipeline_url,
        updated_at=deployment.happened_at,
        source=deployment.source,
        named=ISSUE_SOURCES[deployment.issues.get(key, IssueSource.SENDER)] if key else "",
    )


def _pipeline_of(deployment: Deployment, names: dict[tuple[str, str, str], str]) -> tuple[str, str]:
    """The name and the address of its pipeline, the repository for one that nobody named."""
    pipeline = deployment.facts.pipeline
    if isinstance(pipeline, Pipeline):
        return names[_sender_of(deployment), "pipeline", pipeline.id], pipeline.url or ""
    return short_repository(_repository(deployment)), ""


def _sender_of(deployment: Deployment) -> str:
    return deployment.namespace or deployment.source


def _tier_of(deployment: Deployment) -> Tier:
    return deployment.environment.tier if deployment.environment else Tier.UNMAPPED


def _environment_name(deployment: Deployment, names: dict[tuple[str, str, str], str]) -> str:
    environment = deployment.environment
    return names[_sender_of(deployment), "environment", environment.id] if environment else ""


def _pipeline_key(deployment: Deployment) -> str:
    """What tells its pipelines apart; for senders that name none, the repository does."""
    pipeline = deployment.facts.pipeline
    return f"pipeline:{pipeline.id}" if isinstance(pipeline, Pipeline) else f"repository:{_repository(deployment)}"


def _repository(deployment: Deployment) -> str:
    return deployment.releases[0].repository if deployment.releases else ""
