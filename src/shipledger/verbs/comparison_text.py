"""A comparison as Markdown, for release notes and change tickets, and the sentences that others share. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shipledger.catalog.commit_range import RangeReason
from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.texts import STEERING
from shipledger.verbs.changes import ChangedCommit
from shipledger.verbs.comparing import ComparedRepository, ComparedService, CompareWish, Comparison, Difference, Side

PUSH = "shipledger commits push"
"""The next step where commits are missing."""

REASONS: dict[RangeReason, str] = {
    RangeReason.FIRST_DEPLOYMENT: "",
    RangeReason.SAME_COMMIT: "The same commit runs on both sides.",
    RangeReason.FORWARD: "",
    RangeReason.ROLLBACK: "The right side has an older commit.",
    RangeReason.DIVERGED: "Each side has commits that the other lacks.",
    RangeReason.UNKNOWN_COMMIT: "Nobody has sent the commit on the right with its parents, so what is between is unknown.",
    RangeReason.UNKNOWN_COMMIT_BEFORE: "Nobody has sent the commit on the left with its parents, so what is between is unknown.",
}
"""What to know about the commits between; "" where there is nothing."""

DIFFERENCES: dict[Difference, str] = {
    Difference.SAME: "The same runs on both sides.",
    Difference.DIFFERENT: "",
    Difference.ONLY_LEFT: "It does not run on the right side.",
    Difference.ONLY_RIGHT: "It does not run on the left side.",
    Difference.UNKNOWN: "What changed is unknown, as no commits were sent.",
}

_SHORT = 10
_LONGEST = 200
_MARKED = re.compile(r"([\\`*_{}\[\]()<>|~#!&])")
_ITEM = re.compile(r"^([0-9]{0,9})([-+.)])(?= |$)")
"""What would begin an item of a list where the text stands first in a line."""


def to_markdown(comparison: Comparison, wish: CompareWish) -> str:
    """The comparison. What people wrote is escaped, and can neither format nor reverse the text."""
    return "\n".join(_list_lines(comparison, wish)) + "\n"


def name_side(side: Side) -> str:
    """A side in a heading."""
    at = "" if side.at is None else f" at {side.at.isoformat(sep=' ', timespec='seconds').replace('+00:00', ' UTC')}"
    return f"{side.environment}{at}"


def label_of(one: Deployment | None, repository: str = "") -> str:
    """What runs, by its version, else its commit in a repository, else its first commit; "nothing" where nothing does."""
    if one is None:
        return "nothing"
    commits = [each.commit for each in one.releases if repository_key(each.repository) == repository_key(repository)]
    commits += [each.commit for each in one.releases]
    return known(one.facts.version) or (commits[0][:_SHORT] if commits else "") or "a deployment without a version"


def count_differing(comparison: Comparison) -> str:
    """How many services are not the same on both sides, as a sentence."""
    differing = len(comparison.differing)
    return f"{differing:,} of {len(comparison.services):,} services {'differs' if differing == 1 else 'differ'}."


def count_words(one: ComparedRepository) -> str:
    """How many commits came in and were taken out, in words; "" for none."""
    more = "+" if one.is_cut else ""
    counts = ((len(one.range.brought_in), "came in"), (len(one.range.taken_out), "taken out"))
    return ", ".join(f"{count:,}{more} commit{'' if count == 1 else 's'} {what}" for count, what in counts if count)


def _list_lines(comparison: Comparison, wish: CompareWish) -> Iterator[str]:
    yield f"# {_plain(name_side(wish.left))} → {_plain(name_side(wish.right))}"
    yield ""
    if not comparison.services:
        yield "Nothing runs on either side."
        return
    yield count_differing(comparison)
    for word, values in (("Issues", comparison.issues), ("People", comparison.people)):
        if values:
            yield f"{word}: {', '.join(map(_plain, values))}"
    for one in comparison.differing:
        yield from _list_service(one)
    notes = list(_list_notes(comparison))
    if notes:
        yield ""
        yield from notes


def _list_notes(comparison: Comparison) -> Iterator[str]:
    same = len(comparison.services) - len(comparison.differing)
    if same:
        yield f"{same} {'service runs' if same == 1 else 'services run'} the same on both sides."
    if comparison.unread:
        yield f"{comparison.unread:,} more commits are not listed, and their issues and people not counted."
    if not comparison.is_whole:
        yield "More services are not compared."
    if comparison.lacks_commits:
        yield f"Some commits are not known. Send them from a checkout: `{PUSH}`"


def _list_service(one: ComparedService) -> Iterator[str]:
    yield ""
    yield f"## {_plain(one.service.name)}"
    yield ""
    yield f"{_plain(label_of(one.left))} → {_plain(label_of(one.right))}"
    if DIFFERENCES[one.difference]:
        yield DIFFERENCES[one.difference]
    for repository in one.repositories:
        yield ""
        yield f"**{_plain(repository.changed.range.repository)}**: {count_words(repository) or 'no commits between'}"
        if REASONS[repository.range.reason]:
            yield REASONS[repository.range.reason]
        sides = (("", repository.changed.brought_in), ("taken out: ", repository.changed.taken_out))
        for word, commits in sides:
            if commits:
                yield ""
            yield from (_to_line(each, word) for each in commits)
    if one.one_sided:
        yield ""
        yield f"Only on one side: {_join(one.one_sided)}"


def _to_line(one: ChangedCommit, word: str) -> str:
    subject = "not sent" if one.commit is None else one.commit.subject or "no subject"
    author = f", {_plain(one.author)}" if one.author else ""
    keys = [key for key in one.issue_keys if key not in subject.upper()]
    issues = f" ({_join(keys)})" if keys else ""
    return f"- {word}`{one.commit_id[:_SHORT]}` {_plain(subject)}{issues}{author}"


def _join(texts: Sequence[str]) -> str:
    return ", ".join(map(_plain, texts))


def _plain(text: str) -> str:
    """A text on one line as it is read, not as Markdown."""
    line = " ".join(STEERING.sub(" ", text).split())
    escaped = _MARKED.sub(r"\\\1", line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…")
    return _ITEM.sub(r"\1\\\2", escaped)
