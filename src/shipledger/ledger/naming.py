"""Keys of issues in titles and messages, and how a deployment is known to be about an issue. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

KEYS_LIMIT = 500
"""A deployment is found by each of its issues, so there cannot be any number."""

_KEY = re.compile(r"(?<![A-Za-z0-9_-])[A-Z][A-Z0-9_]{1,99}-[1-9][0-9]{0,9}(?![A-Za-z0-9_])")


class IssueSource(StrEnum):
    """Where an issue is named: by the sender as an issue, in the title, in the message, or in that of a commit it brought."""

    SENDER = "sender"
    TITLE = "title"
    MESSAGE = "message"
    COMMIT = "commit"


class NamedIssues(Struct, frozen=True, omit_defaults=True):
    """Keys, in upper case, that count where they stand in the ``title`` or the ``message`` of a deployment.

    ``commits``: the keys that count of those in the messages of commits, by the commit's id in lower case. What counts was
    decided when the submission was settled, so it stays, whatever settings and directories say later.
    """

    title: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    commits: dict[str, tuple[str, ...]] = {}


NOTHING_NAMED = NamedIssues()


def find_keys(text: object, limit: int = KEYS_LIMIT) -> tuple[str, ...]:
    """What looks like a key in ``text``, each once, the first ``limit``; nothing for what is no text."""
    if not isinstance(text, str) or "-" not in text:
        return ()
    found: dict[str, None] = {}
    for match in _KEY.finditer(text):
        found[match[0]] = None
        if len(found) >= limit:
            break
    return tuple(found)


def join_named(one: NamedIssues, other: NamedIssues) -> NamedIssues:
    """What counts by either of them."""
    if other in (NOTHING_NAMED, one):
        return one
    commits = {
        commit: _unite(one.commits.get(commit, ()), other.commits.get(commit, ()))
        for commit in sorted({*one.commits, *other.commits})
    }
    return NamedIssues(title=_unite(one.title, other.title), message=_unite(one.message, other.message), commits=commits)


def _unite(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))
