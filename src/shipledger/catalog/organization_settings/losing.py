"""What a shorter retention would erase for good, and when: told before it is set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from shipledger.catalog.organization_settings.declared import (
    OUTBOX_RETENTION,
    RECEIPT_RETENTION,
    REFUSED_RETENTION,
    SETTINGS,
    accept_all,
)
from shipledger.catalog.organization_settings.in_force import ORGANIZATION, Installation, find_in_force, index
from shipledger.catalog.organization_settings.keeping import EVEN, to_keeping
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, Held, ScopeSettings
from shipledger.found import Found, whole

MOST_COUNTED = 10_000

_LOST = {
    RECEIPT_RETENTION: ("request", "from before {until} will lose what arrived, for good. Outcomes and all entries stay."),
    REFUSED_RETENTION: ("refused request", "from before {until} will be forgotten, for good."),
    OUTBOX_RETENTION: ("message", "that ended before {until} will be forgotten with the log of attempts, for good."),
}
ERASING = frozenset(_LOST)
"""The settings of which a lower value has something erased for good."""

_NOW = "This begins within ten minutes and cannot be undone."
_LATER = "This begins on {at}, when the clock has run evenly for three days; until then you can change the setting back."


class Loss(Struct, frozen=True):
    """What setting ``key`` would erase. ``count``: how many there are by now, at most one more than ``MOST_COUNTED``.

    ``until``: what is older goes. ``begins_at``: when that begins, if not within ten minutes.
    """

    key: str
    count: int
    until: datetime
    begins_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """What is erased, and when."""
        thing, fate = _LOST[self.key]
        number = f"More than {MOST_COUNTED:,}" if self.count > MOST_COUNTED else f"{self.count:,}"
        what = f"{number} {thing}{'' if self.count == 1 else 's'} {fate.format(until=_write(self.until))}"
        return f"{what} {_NOW if self.begins_at is None else _LATER.format(at=_write(self.begins_at))}"


class LossReader(Protocol):
    """What of a store is asked."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set, for each scope."""

    async def count_old_receipts(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many settled receipts from before ``until`` still have what arrived; at most ``limit``."""

    async def count_old_messages(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many messages ended before ``until``; at most ``limit``."""

    async def count_old_refused(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many refused requests are from before ``until``; at most ``limit``."""


async def list_losses(
    reader: LossReader,
    organization_id: str,
    values: Mapping[str, Any],
    installation: Installation,
    *,
    now: datetime,
    even_since: datetime | None,
) -> list[Loss]:
    """What ``values`` of the organization, which are valid, would erase that what counts now keeps.

    ``even_since``: since when the clock is known to have run evenly; None if that is not known.
    """
    held = index(whole(await reader.list_settings(organization_id)))
    own = held.get(WHOLE_ORGANIZATION.key) or ScopeSettings(organization_id, WHOLE_ORGANIZATION, 0)
    begins_at = None if even_since is None or now - even_since >= EVEN else even_since + EVEN
    losses = []
    for key, value in accept_all(values).items():
        if key not in _LOST:
            continue
        kept = {name: one for name, one in own.values.items() if name != key}
        changed = {**kept, key: Held(value)} if value is not None else kept
        after = {**held, WHOLE_ORGANIZATION.key: ScopeSettings(organization_id, WHOLE_ORGANIZATION, 0, changed)}
        was, becomes = (to_keeping(find_in_force(SETTINGS[key], ORGANIZATION, one, installation).value) for one in (held, after))
        if becomes is None or (was is not None and was <= becomes):
            continue
        counts = {
            RECEIPT_RETENTION: reader.count_old_receipts,
            OUTBOX_RETENTION: reader.count_old_messages,
            REFUSED_RETENTION: reader.count_old_refused,
        }
        found = await counts[key](organization_id, until=now - becomes, limit=MOST_COUNTED + 1)
        losses.append(Loss(key, found, now - becomes, begins_at))
    return losses


def _write(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
