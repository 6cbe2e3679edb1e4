"""Rows that say how deployments stand to the issues that they name, and back."""

from __future__ import annotations

from msgspec import Struct

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment, issue_alias
from shipledger.ledger.lines import line_key, sequence_in_line, tier_of
from shipledger.ledger.state import Tier
from shipledger.store import rows
from shipledger.store.row_reading import Row, reads

UNNUMBERED = -(2**63)
GREATEST = 2**63 - 1


class LineRow(Struct, frozen=True):
    """One of the newest deployments of a line; ``place`` counts from 1. The line has so many ``deployments`` in all."""

    issue: str
    tier: Tier
    line: str
    place: int
    deployment_id: str
    happened_us: int
    deployments: int
    successes: int
    unended: int


def from_standings(deployment: Deployment) -> list[Row]:
    """A row for each issue that a deployment names."""
    keys = deployment.issue_keys
    if not keys:
        return []
    sequence = sequence_in_line(deployment)
    said = (
        deployment.deployment_id,
        tier_of(deployment),
        line_key(deployment),
        deployment.shown_state,
        UNNUMBERED if sequence is None else max(min(sequence, GREATEST), UNNUMBERED + 1),
        to_microseconds(deployment.placed_at),
        to_microseconds(deployment.happened_at),
    )
    names = sorted({rows.from_alias(issue_alias(key))[1] for key in keys})
    return [(deployment.organization_id, name, *said) for name in names]


@reads("issue_standing", "ttttitiiii", 0, 1, 5)
def to_line_row(row: Row) -> LineRow:
    """One of the newest deployments of a line."""
    _, issue, tier, line, *numbers = row
    return LineRow(issue, Tier(tier), line, *numbers)


@reads("issue_standing", "tt", 0, 1)
def to_issue_key(row: Row) -> str:
    """The key of an issue."""
    key: str = row[1]
    return key


@reads("deployment_alias", "ttT", 0, 1)
def to_project(row: Row) -> tuple[str, str]:
    """A project, and the id of its newest deployment; "" where that cannot be told."""
    return row[1], row[2] or ""


@reads("deployment_alias", "ttT", 0, 1)
def to_history(row: Row) -> tuple[str, list[str]]:
    """An issue by the key of its alias, and the ids of the newest deployments that name it."""
    return row[1], rows.decode_strings(row[2] or "[]")
