"""How long a deployment took, and what keeps that from being believed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import said_start
from shipledger.ledger.state import is_final
from shipledger.ledger.submission import ChangeState, RecordDeployment

SHORTEST_MEASURED_SECONDS = 2
"""Senders whose API demands a start invent one, a second before the end: nothing that took less was measured."""

LONGEST_BELIEVED_SECONDS = 86_400
"""A sender that says more has probably written seconds where minutes are asked for."""

CLOCKS_AGREE = timedelta(minutes=5)


def lasted_seconds(deployment: Deployment) -> float | None:
    """From start to end, negative when it ended before it began; None while it runs or when nobody knows."""
    if not is_final(deployment.state):
        return None
    if deployment.started_at is None or deployment.finished_at is None:
        return _said_seconds(deployment)
    return (deployment.finished_at - deployment.started_at).total_seconds()


def is_measured(deployment: Deployment, seconds: float) -> bool:
    """Whether somebody has measured that it lasted ``seconds``."""
    return seconds >= SHORTEST_MEASURED_SECONDS or _said_seconds(deployment) is not None


def is_doubtful(deployment: Deployment) -> bool:
    """Whether its sender said a duration that can hardly be true."""
    said = _said_seconds(deployment)
    return said is not None and said > LONGEST_BELIEVED_SECONDS


def ahead_seconds(entries: Iterable[Entry]) -> float | None:
    """How far a report was dated after its own arrival, by the one that was furthest; None where clocks agree."""
    ahead = [moment - entry.accepted_at for entry in entries for moment in _dates(entry)]
    furthest = max(ahead, default=timedelta())
    return furthest.total_seconds() if furthest > CLOCKS_AGREE else None


def _dates(entry: Entry) -> list[datetime]:
    """What a report says has happened. What only waits may begin in the future."""
    submission = entry.submission
    if not isinstance(submission, RecordDeployment | ChangeState) or not is_final(submission.state.state):
        return []
    started_at = said_start(submission) if isinstance(submission, RecordDeployment) else None
    return [moment for moment in (started_at, submission.state.reported_at) if moment is not None]


def _said_seconds(deployment: Deployment) -> float | None:
    said = deployment.facts.duration_seconds
    return said if isinstance(said, float | int) else None
