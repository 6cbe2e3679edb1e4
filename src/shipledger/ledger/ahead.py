"""Starts in the far future: wrong clocks and wrong units. They are kept as they were sent, and make nothing the latest. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FAR_AHEAD = timedelta(days=1)
"""What is planned, or written in the wrong zone, lies less far ahead of the report that says it."""


def is_far_ahead(moment: datetime | None, now: datetime) -> bool:
    """Whether ``moment`` lies so far after ``now`` that nobody can have known it then."""
    return moment is not None and moment - now > FAR_AHEAD


def describe_ahead(moment: datetime) -> str:
    """What that means, as a sentence."""
    return (
        f"Its time, {moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z, lies more than a day after the report; "
        "it does not make this the latest deployment."
    )
