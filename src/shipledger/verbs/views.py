"""Saved views of lists, as their owner asks about them with a personal token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shipledger.access.grant import Grant
from shipledger.access.people.views import SavedView


class ViewVerbs(Protocol):
    """The views of the person behind a grant, in its organization."""

    async def list_own_views(self, grant: Grant) -> Sequence[SavedView]:
        """All of them, by name."""

    async def save_own_view(self, grant: Grant, name: str, query: str) -> SavedView:
        """Keep a filter under a name, in place of what that named. Raises Invalid, and Conflict if there are very many."""

    async def delete_own_view(self, grant: Grant, view_id: str) -> None:
        """Keep a view no more. Raises NotFound."""
