"""What axe-core finds on a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
"""WCAG 2.2 AA, and what axe recommends beyond it."""

EVERY_RULE: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
BUT_CONTRAST: dict[str, Any] = {**EVERY_RULE, "rules": {**EVERY_RULE["rules"], "color-contrast": {"enabled": False}}}
"""All but the rule that takes most of the time."""


async def find_violations(page: Page, options: dict[str, Any] = EVERY_RULE) -> list[str]:
    """A line for each element that breaks a rule of ``options``."""
    found = await Axe().run(page, options={"resultTypes": ["violations"], **options})
    return [
        f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
