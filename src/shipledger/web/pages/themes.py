"""The themes that there are, and which one a browser has chosen. Pure."""

from __future__ import annotations

from starlette.requests import Request

COOKIE = "shipledger_theme"
SYSTEM = "system"
THEMES = {SYSTEM: "System", "light": "Light", "dark": "Dark"}
KEPT_SECONDS = 365 * 24 * 60 * 60


def theme_of(request: Request) -> str:
    """The chosen theme; that of the reader's system for everything else."""
    chosen = request.cookies.get(COOKIE, SYSTEM)
    return chosen if chosen in THEMES else SYSTEM
