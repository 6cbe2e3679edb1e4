"""The form in which what a tracker says of an issue is kept. Pure."""

from __future__ import annotations

import re

TEXT_LIMIT = 1_000
KEY_FORM = re.compile(r"\w{1,255}-[0-9]{1,255}", re.ASCII)
ID_FORM = re.compile(r"[0-9]{1,30}", re.ASCII)


def read_key(text: str) -> str | None:
    """An issue key in upper case, or None for what is none."""
    key = text.strip()
    return key.upper() if KEY_FORM.fullmatch(key) else None


def read_id(text: str) -> str:
    """A tracker's number for an issue, or "" for what is none."""
    return text.strip() if ID_FORM.fullmatch(text.strip()) else ""


def shorten(text: str) -> str:
    """A text about an issue, on one line and cut where it is longer than anybody reads."""
    line = " ".join(text.split())
    return line if len(line) <= TEXT_LIMIT else f"{line[: TEXT_LIMIT - 1]}…"
