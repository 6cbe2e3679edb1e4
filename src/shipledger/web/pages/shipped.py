"""How far an issue has shipped: its deployments by tier, pipeline and environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from shipledger.deployments.issue_lines import IssueLine
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames, name_key
from shipledger.ledger.lines import TIERS_BY_REACH, pipeline_key, place_in_line, repository_of, sender_of, tier_of
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.state import State, Tier, is_final
from shipledger.ledger.submission import Pipeline
from shipledger.ledger.titles import title_of
from shipledger.web.pages.formats import short_repository
from shipledger.web.pages.words import ISSUE_SOURCES

TIER_ORDER = TIERS_BY_REACH

Names: TypeAlias = dict[tuple[str, str, str], str]
"""What a sender calls its pipelines and environments, by sender, kind and id."""


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
    """One pipeline in one environment: the deployment that counts, and the ones before it, newest first.

    ``older`` are those that were read of ``older_count``. ``successes`` and ``unended`` count all of its deployments.
    """

    latest: Shipment
    older: tuple[Shipment, ...]
    older_count: int
    successes: int
    unended: int

    @property
    def older_left_out(self) -> int:
        """How many of the older ones were not read."""
        return self.older_count - len(self.older)


class TierTable(Struct, frozen=True):
    """The lines of one tier, the one that changed last first. ``left_out`` more are older, and were not read."""

    tier: Tier
    lines: tuple[Line, ...]
    successes: int
    left_out: int = 0

    @property
    def latest(self) -> Shipment:
        """What happened last in this tier."""
        return self.lines[0].latest

    @property
    def is_shipped(self) -> bool:
        """Whether a deployment to this tier is successful."""
        return self.successes > 0


def list_tables(found: Iterable[IssueLine], environments: EnvironmentNames, key: str = "") -> list[TierTable]:
    """A table for each tier that deployments of an issue went to, the most advanced first.

    ``environments``: their names. ``key``: the issue that deployments name.
    """
    lines = list(found)
    names = _current_names((one for line in lines for one in line.newest), environments)
    groups: dict[Tier, dict[tuple[str, ...], list[IssueLine]]] = {}
    for line in lines:
        if line.newest:
            groups.setdefault(line.tier, {}).setdefault(_key_now(line.newest[0], names), []).append(line)
    tables = []
    for tier in (tier for tier in TIER_ORDER if tier in groups):
        of_tier = [_join(group, names, key) for group in groups[tier].values()]
        tables.append(
            TierTable(
                tier=tier,
                lines=tuple(sorted(of_tier, key=lambda line: (line.latest.updated_at, line.latest.id), reverse=True)),
                successes=sum(line.successes for line in lines if line.tier is tier),
                left_out=sum(not line.newest for line in lines if line.tier is tier),
            )
        )
    return tables


def find_most_advanced(tables: Sequence[TierTable]) -> TierTable | None:
    """The most advanced tier with a successful deployment, else the most advanced one; None for none."""
    return next((table for table in tables if table.is_shipped), tables[0] if tables else None)


def count_unended(tables: Iterable[TierTable]) -> int:
    """How many deployments never ended although a later one of their pipeline and environment did."""
    return sum(line.unended for table in tables for line in table.lines if is_final(line.latest.state))


def _join(lines: Sequence[IssueLine], names: Names, key: str) -> Line:
    """Lines that are one by what their sender calls its pipelines and environments now."""
    newest = sorted((one for line in lines for one in line.newest), key=place_in_line, reverse=True)
    latest, *older = (_to_shipment(one, names, key) for one in newest)
    return Line(
        latest=latest,
        older=tuple(older),
        older_count=sum(line.deployments for line in lines) - 1,
        successes=sum(line.successes for line in lines),
        unended=sum(line.unended for line in lines),
    )


def _key_now(deployment: Deployment, names: Names) -> tuple[str, ...]:
    sender, pipeline = sender_of(deployment), deployment.facts.pipeline
    name = names[sender, "pipeline", pipeline.id] if isinstance(pipeline, Pipeline) else ""
    return sender, pipeline_key(deployment, name), name_key(_environment_name(deployment, names))


def _current_names(deployments: Iterable[Deployment], environments: EnvironmentNames) -> Names:
    """How each sender names its pipelines now, and the organization its environments: the newest record names them everywhere."""
    names: Names = {}
    for deployment in sorted(deployments, key=lambda one: (one.happened_at, one.deployment_id)):
        sender = sender_of(deployment)
        if deployment.environment is not None:
            names[sender, "environment", deployment.environment.id] = environments.call(deployment.environment.name)
        pipeline = deployment.facts.pipeline
        if isinstance(pipeline, Pipeline):
            names[sender, "pipeline", pipeline.id] = pipeline.name or pipeline.id
    return names


def _to_shipment(deployment: Deployment, names: Names, key: str) -> Shipment:
    url = deployment.facts.url
    pipeline, pipeline_url = _pipeline_of(deployment, names)
    environment = _environment_name(deployment, names)
    tier = tier_of(deployment)
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


def _pipeline_of(deployment: Deployment, names: Names) -> tuple[str, str]:
    """The name and the address of its pipeline, the repository for one that nobody named."""
    pipeline = deployment.facts.pipeline
    if isinstance(pipeline, Pipeline):
        return names[sender_of(deployment), "pipeline", pipeline.id], pipeline.url or ""
    return short_repository(repository_of(deployment)), ""


def _environment_name(deployment: Deployment, names: Names) -> str:
    environment = deployment.environment
    return names[sender_of(deployment), "environment", environment.id] if environment else ""
