"""A text that an address narrows a page by. Pure."""

from __future__ import annotations

LONGEST = 1_000


def clean(text: str, *, longest: int = LONGEST) -> str:
    """What is looked for, at most ``longest`` characters of it.

    A lone surrogate or NUL can be in no stored text, and a database refuses it.
    """
    return text.encode("utf-8", "ignore").decode().replace("\0", "").strip()[:longest]
