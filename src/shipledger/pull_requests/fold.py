"""Fold entries into a pull request: every fact is a register that keeps the greatest order."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.registers import find_winners, said_in
from shipledger.ledger.replay import replay
from shipledger.pull_requests.model import PullRequest, PullRequestFacts, RecordPullRequest


def fold_history(entries: Sequence[RecordEntry]) -> PullRequest | None:
    """The pull request that all its entries make; None when all that say something are erased."""
    return replay(entries, fold)


def fold(current: PullRequest | None, entry: RecordEntry) -> PullRequest:
    """The pull request after ``entry``."""
    submission: RecordPullRequest = entry.submission
    base = current or PullRequest(
        organization_id=entry.organization_id,
        pull_request_id=entry.subject_id,
        source=submission.source,
        version=entry.version,
        recorded_at=entry.recorded_at,
        updated_at=entry.recorded_at,
        repository=submission.repository,
        number=submission.number,
        facts=PullRequestFacts(),
        orders={},
    )
    joined = join(base, submission)
    return replace(
        joined,
        version=entry.version,
        recorded_at=min(joined.recorded_at, entry.recorded_at),
        updated_at=max(joined.updated_at, entry.recorded_at),
    )


def join(base: PullRequest, submission: RecordPullRequest) -> PullRequest:
    """What ``submission`` makes of ``base``; the same, where it brings nothing."""
    winners = find_winners(said_in(submission.facts), submission.order, base.facts, base.orders)
    names = tuple(sorted({*base.names, *submission.names}))
    if not winners and names == base.names:
        return base
    orders = {**base.orders, **dict.fromkeys(winners, submission.order)}
    return replace(base, facts=replace(base.facts, **winners), orders=orders, names=names)
