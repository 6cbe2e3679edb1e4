"""What the answer to any call needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class CallVerbs(Protocol):
    """What the answer to any call needs."""

    def now(self) -> datetime:
        """The best current time; it may go back."""

    async def compute(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """The result of ``task``, run outside the event loop if its ``size``, in characters read, is large.

        Raises what it raises, and Unavailable if too many tasks of the organization are waiting. A task must be pure.
        """

    def new_request_id(self) -> str:
        """A new id for a call without a receipt."""
