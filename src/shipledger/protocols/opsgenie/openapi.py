"""Placeholder."""

from __future__ import annotations

from typing import Any


def paths() -> dict[str, Any]:
    """Nothing yet."""
    return {}


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    return {}
