"""The menu of every page, and the keys that lead to its entries."""

from __future__ import annotations

from msgspec import Struct

from shipledger.web.pages.settings_tabs import TABS


class Entry(Struct, frozen=True):
    """One entry of the menu. ``key``: what leads there after ``g``. ``also``: pages that belong to it and lie elsewhere."""

    path: str
    name: str
    key: str
    also: tuple[str, ...] = ()

    def is_around(self, path: str) -> bool:
        """Whether a page lies below this entry."""
        return any(path == one or (one != "/" and path.startswith(f"{one}/")) for one in (self.path, *self.also))


MENU = (
    Entry("/", "Home", "h"),
    Entry("/inbox", "Inbox", "x"),
    Entry("/matrix", "Matrix", "m", also=("/compare",)),
    Entry("/timeline", "Timeline", "t"),
    Entry("/deployments", "Deployments", "d"),
    Entry("/issues", "Issues", "i", also=("/projects",)),
    Entry("/incidents", "Incidents", "n"),
    Entry("/services", "Services", "s"),
    Entry("/repositories", "Repositories", "r"),
    Entry("/environments", "Environments", "v"),
    Entry("/requests", "Requests", "q"),
    Entry("/settings", "Settings", "e", also=tuple(tab.path for tab in TABS)),
)
