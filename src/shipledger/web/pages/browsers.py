"""What a browser says of itself, in words. Pure."""

from __future__ import annotations

import re

_BROWSERS = (
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\b(?:OPR|Opera)/", "Opera"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:HeadlessChrome|Chrome|Chromium|CriOS)/", "Chrome"),
    (r"\bVersion/\S+ .*\bSafari/", "Safari"),
    (r"\bcurl/", "curl"),
)
"""Most browsers also say that they are others, so the first that fits counts."""

_SYSTEMS = (
    (r"\biPad\b", "iPad"),
    (r"\biPhone\b", "iPhone"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bWindows\b", "Windows"),
    (r"\bMac ?OS\b|\bMacintosh\b", "macOS"),
    (r"\bFreeBSD\b", "FreeBSD"),
    (r"\bLinux\b|\bX11\b", "Linux"),
)


def describe_agent(text: str) -> str:
    """``Firefox on Linux``; of what is not known what there is, and "an unknown browser" for neither."""
    browser, system = _find(_BROWSERS, text), _find(_SYSTEMS, text)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "An unknown browser")


def _find(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, text)), "")
