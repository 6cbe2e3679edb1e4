"""Durations of deployments, and reasons to doubt them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import said_start
from shipledger.ledger.state import is_final
from shipledger.ledger.submission import ChangeState, RecordDeployment

SHORTEST_MEASURED_SECONDS = 2
"""Senders whose API requires a start invent one a second before the end, so shorter durations were not measured."""

LONGEST_BELIEVED_SECONDS = 86_400
"""Longer durations are probably seconds sent as minutes."""

CLOCKS_AGREE = timedelta(minutes=5)


def lasted_seconds(deployment: Deployment) -> float | None:
    """From start to end, negative if it ended before its start; None while it runs or if unknown."""
    if not is_final(deployment.state):
        return None
    if deployment.started_at is None or deployment.finished_at is None:
        return _said_seconds(deployment)
    return (deployment.finished_at - deployment.started_at).total_seconds()


def is_measured(deployment: Deployment, seconds: float) -> bool:
    """Whether a duration of ``seconds`` can have been measured."""
    return seconds >= SHORTEST_MEASURED_SECONDS or _said_seconds(deployment) is not None


def is_doubtful(deployment: Deployment) -> bool:
    """Whether its sender said a duration that can hardly be true."""
    said = _said_seconds(deployment)
    return said is not None and said > LONGEST_BELIEVED_SECONDS


def ahead_seconds(entries: Iterable[Entry]) -> float | None:
    """The largest difference by which a report is dated after its arrival; None if clocks agree."""
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
