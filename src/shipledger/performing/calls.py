"""What the answer to any call needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shipledger.ledger.identity import new_id
from shipledger.performing.performer import Performer

T = TypeVar("T")


class CallPerformer(Performer):
    """See ``verbs.calls.CallVerbs``."""

    def now(self) -> datetime:
        """The best current time; it may go back."""
        return self._parts.clock.now()

    async def compute(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """The result of ``task``, run outside the event loop if it is long."""
        return await self._parts.long_work.run(organization_id, task, size=size)

    def new_request_id(self) -> str:
        """A new id for a call without a receipt."""
        return new_id(self._parts.clock.next_order(), self._parts.randomness.take(8))
