"""Plain messages for the libraries' messages about invalid values."""

from __future__ import annotations

import re

_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^Value error, ", ""),
        (r"^Input should be a valid integer.*", "it must be a whole number."),
        (r"^Input should be a valid number.*", "it must be a number."),
        (r"^Input should be a valid boolean.*", "it must be true or false."),
        (r"^Input should be greater than or equal to (.+)", r"it must be at least \1."),
        (r"^Input should be less than or equal to (.+)", r"it must be at most \1."),
        (r"^Input should be greater than (.+)", r"it must be greater than \1."),
        (r"^Input should be less than (.+)", r"it must be less than \1."),
        (r" does not match the formats .*", " is not a valid time; write it like 2026-03-04 or 2026-03-04T10:02:00Z."),
    )
)


def in_plain_words(message: str) -> str:
    """A readable form of a message by pydantic, which validates options and arguments."""
    for pattern, words in _WORDS:
        message = pattern.sub(words, message)
    return message
