"""What credentials are used for: counted beside the requests, in memory, and written now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct

from shipledger.access.grant import Grant
from shipledger.clock import EPOCH

HOUR = timedelta(hours=1)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
KEPT = WEEK + DAY
"""How long counts are kept. The last hour of a credential stays, however old."""

REMEMBERED = 10_000
LEAST_WRONG, MOST_WRONG = timedelta(seconds=1), DAY
"""Of a clock: less is the way of a request, and more is a time that was made up."""


class Use(Struct, frozen=True):
    """What one node saw of a credential within one hour, since it last wrote that.

    ``address``: of the last request. ``last_refusal``: the status of the last one that was refused, 0 for none.
    """

    organization_id: str
    credential_id: str
    hour_at: datetime
    seen_at: datetime
    address: str = ""
    requests: int = 0
    refused: int = 0
    last_refusal: int = 0
    ahead_ms: int = 0


class UseSoFar(Struct, frozen=True):
    """What is known of the use of a credential: in the last day and the last week, by whole hours.

    ``ahead_ms``: how far the times that its client sent lay in the future at most, in the last day.
    """

    credential_id: str
    seen_at: datetime
    address: str = ""
    requests_in_day: int = 0
    refused_in_day: int = 0
    requests_in_week: int = 0
    refused_in_week: int = 0
    last_refusal: int = 0
    ahead_ms: int = 0


class UseStore(Protocol):
    """The part of the store that has it."""

    async def add_uses(self, organization_id: str, uses: Sequence[Use]) -> None:
        """Add what was seen. Credentials that are deleted meanwhile are left out."""

    async def list_uses(self, organization_id: str, *, now: datetime) -> Sequence[UseSoFar]:
        """What is known of each credential that was ever used."""

    async def forget_old_uses(self, *, before: datetime) -> int:
        """How many hours were forgotten."""


class UseCounter:
    """Counts requests by credential and hour. ``tell_new``: called for a credential that this process has not seen before."""

    def __init__(self, *, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._uses: dict[tuple[str, str, datetime], Use] = {}
        self._known: set[str] = set()
        self.tell_new: Callable[[], None] = lambda: None

    def note(self, grant: Grant, *, status: int, address: str, now: datetime) -> None:
        """One request of a credential was answered."""
        is_refused = status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.NOT_FOUND
        self.add(
            Use(
                organization_id=grant.organization_id,
                credential_id=grant.credential_id,
                hour_at=_hour_of(now),
                seen_at=now,
                address=address,
                requests=1,
                refused=int(is_refused),
                last_refusal=status if is_refused else 0,
            )
        )
        if grant.credential_id not in self._known:
            if len(self._known) >= self._remembered:
                self._known.clear()
            self._known.add(grant.credential_id)
            self.tell_new()

    def note_times(self, organization_id: str, credential_id: str, told: Iterable[datetime | None], *, now: datetime) -> None:
        """Times were sent of what had happened. Those ahead show how wrong a clock is, unless it is too much for that."""
        ahead = max((at - now for at in told if at is not None and at - now < MOST_WRONG), default=timedelta())
        if ahead >= LEAST_WRONG:
            self.add(Use(organization_id, credential_id, _hour_of(now), now, ahead_ms=ahead // timedelta(milliseconds=1)))

    def add(self, use: Use) -> None:
        """Add what was seen, also again, where it could not be written. Beyond what is remembered, it is lost."""
        key = (use.organization_id, use.credential_id, use.hour_at)
        held = self._uses.get(key)
        if held is not None:
            use = join_uses(held, use)
        elif len(self._uses) >= self._remembered:
            return
        self._uses[key] = use

    def take(self) -> dict[str, list[Use]]:
        """All that was counted since the last time, by organization."""
        taken: dict[str, list[Use]] = {}
        for use in self._uses.values():
            taken.setdefault(use.organization_id, []).append(use)
        self._uses.clear()
        return taken


def join_uses(one: Use, other: Use) -> Use:
    """Both, of the same credential and hour."""
    last = max(one, other, key=lambda use: use.seen_at)
    return Use(
        organization_id=one.organization_id,
        credential_id=one.credential_id,
        hour_at=one.hour_at,
        seen_at=last.seen_at,
        address=last.address or one.address or other.address,
        requests=one.requests + other.requests,
        refused=one.refused + other.refused,
        last_refusal=other.last_refusal or one.last_refusal,
        ahead_ms=max(one.ahead_ms, other.ahead_ms),
    )


def _hour_of(moment: datetime) -> datetime:
    return EPOCH + (moment - EPOCH) // HOUR * HOUR
