"""For whom the current task works, so that a store can give each organization no more than its share."""

from __future__ import annotations

from contextvars import ContextVar

_organization_id: ContextVar[str | None] = ContextVar("acting_for", default=None)


def act_for(organization_id: str) -> None:
    """All that this task asks of a store from now on is for an organization."""
    _organization_id.set(organization_id)


def find_principal() -> str | None:
    """The organization that the current task works for, if it is for one alone."""
    return _organization_id.get()
