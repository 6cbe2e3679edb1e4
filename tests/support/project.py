"""Where this project's own files are, for tests about them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def read(path: Path) -> str:
    """The text of a file of this project."""
    return path.read_text(encoding="utf-8")
