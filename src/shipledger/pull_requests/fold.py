"""Fold entries into a pull request: every fact is a register that keeps the greatest order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.pull_requests.model import KIND, PullRequest, PullRequestFacts, RecordPullRequest

FACT_NAMES: tuple[str, ...] = PullRequestFacts.__struct_fields__
make_entry = partial(RecordEntry, KIND)
_ENCODER = msgspec.json.Encoder(order="deterministic")


def fold_history(entries: Sequence[RecordEntry]) -> PullRequest | None:
    """The pull request that all its entries make; None when all that say something are erased."""
    current: PullRequest | None = None
    for entry in entries:
        if isinstance(entry.submission, Erased | Erase):
            current = current and replace(current, version=entry.version)
        else:
            current = fold(current, entry)
    return current


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
    winners: dict[str, Any] = {}
    orders = dict(base.orders)
    for name in FACT_NAMES:
        said = getattr(submission.facts, name)
        if said is not UNSET and _outranks(submission, said, base, name):
            winners[name] = said
            orders[name] = submission.order
    names = tuple(sorted({*base.names, *submission.names}))
    if not winners and names == base.names:
        return base
    return replace(base, facts=replace(base.facts, **winners), orders=orders, names=names)


def _outranks(submission: RecordPullRequest, said: object, base: PullRequest, name: str) -> bool:
    """Equal orders are settled by the values themselves, so that no arrival counts."""
    held = base.orders.get(name)
    if held is None or submission.order != held:
        return held is None or submission.order > held
    return _ENCODER.encode(said) > _ENCODER.encode(getattr(base.facts, name))
