"""How far an environment is behind the one before it, in words. Pure."""

from __future__ import annotations

from shipledger.verbs.behind import Behind, BehindReason
from shipledger.web.pages.isolation import isolated_in_text

WHY_UNKNOWN: dict[BehindReason, str] = {
    BehindReason.NO_COMMIT: "no commit was sent",
    BehindReason.OTHER_REPOSITORY: "another repository",
    BehindReason.UNKNOWN_COMMIT: "its commit is not known",
    BehindReason.UNKNOWN_COMMIT_BEFORE: "the commit there is not known",
    BehindReason.AT_LEAST: "",
    BehindReason.GAPS: "",
}
"""Why it is not known how far an environment is behind, in a cell."""
NEEDS_COMMITS = frozenset({BehindReason.UNKNOWN_COMMIT, BehindReason.UNKNOWN_COMMIT_BEFORE, BehindReason.GAPS})
"""Reasons that commits would end, if somebody sent them."""


def behind_words(behind: Behind | None) -> tuple[str, str]:
    """How far an environment is behind, in words, and why that is not known; "" for nothing to say."""
    if behind is None:
        return "", ""
    if behind.commits is None:
        return (
            "",
            ""
            if behind.reason is None
            else f"{WHY_UNKNOWN[behind.reason]} (compared with {isolated_in_text(behind.environment)})",
        )
    words = [f"{_count(behind.commits, 'commit', is_more=behind.reason is not None)} behind"] if behind.commits else []
    if behind.issues:
        words.append(_count(behind.issues, "issue"))
    if behind.ahead:
        words.append(f"{behind.ahead:,} ahead")
    return ", ".join(words), ""


def _count(number: int, word: str, *, is_more: bool = False) -> str:
    return f"{number:,}{'+' if is_more else ''} {word}{'' if number == 1 and not is_more else 's'}"
