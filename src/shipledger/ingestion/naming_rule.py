"""What settings say about issue keys in texts."""

from __future__ import annotations

from msgspec import Struct


class NamingRule(Struct, frozen=True):
    """Keys count in ``sources``, by their names in IssueSource.

    ``denied`` and ``allowed`` are the projects of organizations without rules of their own.
    """

    sources: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
