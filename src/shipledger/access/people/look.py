"""Since when somebody is shown what changed: since they looked before this visit. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.clock import EPOCH

GONE_AFTER = timedelta(minutes=30)
"""Who has not looked for so long had left, and comes back."""
NOTED_EVERY = timedelta(minutes=1)
"""Looks in between are not written down."""
NEVER = EPOCH
"""Since when it is that nobody has looked."""
AT_FIRST = timedelta(days=1)
"""What somebody is shown who has never looked, or whom nobody knows."""


class Look(Struct, frozen=True):
    """``since``: the end of the visit before this one, or NEVER. ``seen_at``: the last look of this one."""

    since: datetime
    seen_at: datetime


def look_again(known: Look | None, now: datetime) -> Look:
    """What holds when somebody looks at ``now``. Looking again and again in one visit does not move ``since``."""
    if known is None:
        return Look(since=NEVER, seen_at=now)
    if known.seen_at >= now:
        return known
    return Look(since=known.seen_at if now - known.seen_at >= GONE_AFTER else known.since, seen_at=now)


def is_worth_noting(known: Look | None, look: Look) -> bool:
    """Whether ``look`` says more than what is kept."""
    return known is None or look.since != known.since or look.seen_at - known.seen_at >= NOTED_EVERY
