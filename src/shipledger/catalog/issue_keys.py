"""Which texts are issue keys, and which only look like one.

A key is a project, a hyphen and a number. What no tracker has is none: a project that begins with a digit, the number 0, a
number with a leading zero. Neither are words such as SHA-256, unless an issue of such a project is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.issue import Issue
from shipledger.found import Found

_LOOKS_LIKE_ONE = re.compile(r"(\w{1,255})-(\d{1,255})")
_NUMBER = re.compile(r"[1-9][0-9]*")
_PROJECT = re.compile(r"[^\W\d_]\w*")


class KeyRule(Struct, frozen=True):
    """``words`` are projects, in upper case, that only a directory which knows them makes projects."""

    words: frozenset[str] = frozenset()

    def is_key(self, text: str, known_projects: frozenset[str] = frozenset()) -> bool:
        """Whether ``text`` is the key of an issue, in whatever case. ``known_projects``: of which an issue is known."""
        found = _LOOKS_LIKE_ONE.fullmatch(text.upper())
        if found is None or _NUMBER.fullmatch(found[2]) is None:
            return False
        project = found[1]
        return project in known_projects or (_PROJECT.fullmatch(project) is not None and project not in self.words)

    def list_doubtful(self, texts: Iterable[str]) -> list[str]:
        """The projects on which it depends whether some of ``texts`` are keys, each once."""
        found = (_LOOKS_LIKE_ONE.fullmatch(text.upper()) for text in texts if not self.is_key(text))
        projects = (match[1] for match in found if match is not None and _NUMBER.fullmatch(match[2]))
        return list(dict.fromkeys(projects))


def looks_like_key(text: str) -> bool:
    """Whether ``text`` is written as a key: a project, a hyphen and a number."""
    return _LOOKS_LIKE_ONE.fullmatch(text) is not None


def read_words(text: str) -> frozenset[str]:
    """Projects that are separated by commas or blanks, in upper case: they are compared without case."""
    return frozenset(text.replace(",", " ").upper().split())


class ListsIssues(Protocol):
    """Who lists issues."""

    async def list_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> Found[Issue]:
        """A page of issues by key, after the key ``after``; of all projects for ""."""


async def find_known_projects(issues: ListsIssues, organization_id: str, projects: Iterable[str]) -> frozenset[str]:
    """Those of ``projects``, in upper case, of which the issue directory has an issue."""
    return frozenset(
        [project for project in projects if await issues.list_issues(organization_id, project=project, after="", limit=1)]
    )
