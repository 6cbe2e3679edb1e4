"""The pages below Settings: a line each. A template of one of them extends ``settings_page.html``."""

from __future__ import annotations

from msgspec import Struct

from shipledger.access.people.roles import Right


class Tab(Struct, frozen=True):
    """A page at ``/settings`` or under it. ``right``: what its route asks for, so that the tab leads nobody to a refusal.

    ``below``: where the pages are that belong to it, if not below itself. ``is_for_operators``: it tells of all organizations.
    """

    path: str
    name: str
    right: Right = Right.READ
    below: str = ""
    is_for_operators: bool = False

    def is_around(self, path: str) -> bool:
        """Whether a page is this one or belongs to it."""
        return path == self.path or path.startswith(f"{self.below or self.path}/")


VALUES = "/settings/values"
"""Where each setting has a page."""

TABS = (
    Tab("/settings", "Organization", below=VALUES),
    Tab("/settings/tiers", "Tier rules"),
    Tab("/settings/people", "People"),
    Tab("/audit", "Audit"),
    Tab("/settings/webhooks", "Webhooks"),
    Tab("/settings/limits", "Limits"),
    Tab("/sources", "Sources"),
    Tab("/status", "This server", Right.ADMINISTER, is_for_operators=True),
)
