"""How far an issue has shipped, from the deployments that name it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import UNSET, Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Pipeline
from shipledger.web.pages.rows import title_of

TIERS_BY_ADVANCE = (Tier.PRODUCTION, Tier.STAGING, Tier.TESTING, Tier.DEVELOPMENT, Tier.UNMAPPED)


class ShippedDeployment(Struct, frozen=True):
    """One deployment of an issue. ``url`` is what the sender gave, which may not be a web address."""

    id: str
    title: str
    url: str
    state: State
    updated_at: datetime


class Row(Struct, frozen=True):
    """One pipeline and environment: the latest deployment, and those before it. ``note`` explains what a reader may miss."""

    pipeline: str
    pipeline_url: str
    environment: str
    latest: ShippedDeployment
    older: tuple[ShippedDeployment, ...]
    note: str = ""


class TierTable(Struct, frozen=True):
    """Everything that reached one tier, the most recently updated first."""

    tier: Tier
    rows: tuple[Row, ...]


class Reach(Struct, frozen=True):
    """How far an issue has come, and the state of the latest there."""

    tier: Tier
    state: State
    updated_at: datetime
    has_arrived: bool


def to_tables(deployments: Iterable[Deployment]) -> list[TierTable]:
    """A table for each tier, the most advanced first: one row for each sender, pipeline and environment.

    Some senders make a new environment id for every run, so environments of one name and tier are one.
    """
    groups: dict[tuple[Tier, str, str, str], list[Deployment]] = {}
    for deployment in deployments:
        pipeline, environment = _pipeline_of(deployment), deployment.environment
        tier = environment.tier if environment else Tier.UNMAPPED
        sender = deployment.namespace or deployment.source
        key = (tier, sender, pipeline.id, environment.name.casefold() if environment else "")
        groups.setdefault(key, []).append(deployment)
    tables = []
    for tier in TIERS_BY_ADVANCE:
        rows = [_to_row(group) for (of_tier, *_), group in groups.items() if of_tier is tier]
        if rows:
            tables.append(TierTable(tier, tuple(sorted(rows, key=lambda row: row.latest.updated_at, reverse=True))))
    return tables


def find_reach(tables: Sequence[TierTable]) -> Reach | None:
    """The most advanced tier where a deployment succeeded, else the most advanced one; None when nothing is known."""
    arrived = [table for table in tables if any(State.SUCCESSFUL in _states(row) for row in table.rows)]
    if not tables:
        return None
    table = (arrived or tables)[0]
    latest = table.rows[0].latest
    return Reach(tier=table.tier, state=latest.state, updated_at=latest.updated_at, has_arrived=bool(arrived))


def _states(row: Row) -> set[State]:
    return {one.state for one in (row.latest, *row.older)}


def _to_row(group: list[Deployment]) -> Row:
    ranked = sorted(group, key=_rank, reverse=True)
    latest, pipeline = ranked[0], _pipeline_of(ranked[0])
    shown = tuple(_to_shipped(deployment) for deployment in ranked)
    return Row(
        pipeline=pipeline.name,
        pipeline_url=pipeline.url or "",
        environment=_name_of(latest.environment),
        latest=shown[0],
        older=shown[1:],
    )


def _rank(deployment: Deployment) -> tuple[int, datetime, str]:
    """A late update of an old deployment does not make it the latest: its number in the pipeline counts first."""
    sequence = deployment.facts.sequence
    began_at = deployment.started_at or deployment.recorded_at
    return (sequence if isinstance(sequence, int) else 0, began_at, deployment.deployment_id)


def _to_shipped(deployment: Deployment) -> ShippedDeployment:
    url = deployment.facts.url
    return ShippedDeployment(
        id=deployment.deployment_id,
        title=title_of(deployment),
        url=url if isinstance(url, str) else "",
        state=deployment.state,
        updated_at=deployment.report.reported_at or deployment.updated_at,
    )


def _pipeline_of(deployment: Deployment) -> Pipeline:
    pipeline = deployment.facts.pipeline
    return Pipeline(id="", name="") if pipeline is UNSET or pipeline is None else pipeline


def _name_of(environment: Environment | None) -> str:
    return environment.name if environment else ""
