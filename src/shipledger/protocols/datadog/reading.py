"""Reading the members of a body, with one item for every member that is wrong. Pure.

A reader never stops at the first fault, because an answer names them all; what it returns for a wrong member only stands
in for a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.clock import EPOCH
from shipledger.protocols.datadog.times import read_unix_time
from shipledger.protocols.datadog.wire import GitIn
from shipledger.protocols.scalars import to_text
from shipledger.protocols.times import parse_time
from shipledger.protocols.wire_json import find_unstorable

NAME_LIMIT = 512
URL_LIMIT = 2048
TAGS_LIMIT = 100
REPEATED_TAGS_LIMIT = 10 * TAGS_LIMIT
"""So many tags are looked at for those that differ."""
TAG_LIMIT = 200
SHA_LIMIT = 64

_ID = re.compile(r"[A-Za-z0-9_.:-]{16,128}")
_SHA = re.compile(rf"[a-fA-F0-9]{{40,{SHA_LIMIT}}}")


class Problem(Struct, frozen=True):
    """What is wrong, in a sentence; ``pointer`` names the member, empty where the vendor names none."""

    detail: str
    pointer: str = ""


class Reader:
    """The members of one object. ``path`` is the JSON pointer of it."""

    def __init__(self, members: dict[str, Any], problems: list[Problem], path: str) -> None:
        self.members = members
        self.path = path
        self._problems = problems

    def problem(self, name: str, text: str) -> None:
        """Note what is wrong with a member: ``text`` follows its name."""
        member = name.partition("/")[0]
        self._problems.append(Problem(f'attribute "{member}" {text}', f"{self.path}/{name}"))

    def child(self, name: str, *, is_required: bool) -> Reader | None:
        """A reader of the object, or None when there is none."""
        value = self.members.get(name)
        if isinstance(value, dict):
            return Reader(value, self._problems, f"{self.path}/{name}")
        if value is not None:
            self.problem(name, "must be an object")
        elif is_required:
            self.problem(name, "is required")
        return None

    def text(self, name: str, *, limit: int = NAME_LIMIT) -> str | None:
        """A text, or None when it is absent, null or blank."""
        value = self.members.get(name)
        return self._checked_text(name, value, limit) if value is not None else None

    def required_text(self, name: str, *, limit: int = NAME_LIMIT) -> str:
        """A text that says something."""
        value = self.members.get(name)
        value = to_text(value)
        text = self._checked_text(name, value, limit) if value is not None else None
        if text is None and (value is None or isinstance(value, str)):
            self.problem(name, "is required")
        return text or ""

    def unix_time(self, name: str, *, is_required: bool) -> datetime | None:
        """A time as an integer."""
        value = self.members.get(name)
        if value is None:
            if is_required:
                self.problem(name, "is required")
            return None
        try:
            return read_unix_time(value)
        except ValueError as error:
            self.problem(name, str(error))
            return None

    def period(self) -> tuple[datetime, datetime | None]:
        """Start and end; the end must not be before the start."""
        started_at = self.unix_time("started_at", is_required=True)
        finished_at = self.unix_time("finished_at", is_required=False)
        if started_at is not None and finished_at is not None and finished_at < started_at:
            self.problem("finished_at", 'must not be before "started_at"')
        return started_at or EPOCH, finished_at

    def time(self, name: str) -> datetime | None:
        """A time in RFC 3339."""
        value = self.members.get(name)
        if value is None:
            return None
        try:
            return parse_time(value if isinstance(value, str) else "")
        except ValueError:
            self.problem(name, "must be a date and time such as 2025-01-31T00:00:00Z")
            return None

    def integer(self, name: str, *, minimum: int, maximum: int, default: int) -> int:
        """An integer within bounds."""
        value = self.members.get(name)
        if value is None:
            return default
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(number, bool) or not isinstance(number, int) or not minimum <= number <= maximum:
            self.problem(name, f"must be an integer from {minimum} to {maximum}")
            return default
        return number

    def given_id(self) -> str | None:
        """The id that the sender gives."""
        value = to_text(self.members.get("id"))
        if value is None:
            return None
        if not isinstance(value, str) or not _ID.fullmatch(value):
            self.problem("id", 'must have 16 to 128 characters, of letters, digits, "-", "_", "." and ":"')
            return None
        return value

    def git(self) -> GitIn | None:
        """The repository and the commit; None also where the URL names no repository, which costs nothing but the commit."""
        git = self.child("git", is_required=False)
        if git is None:
            return None
        url = git.required_text("repository_url", limit=URL_LIMIT)
        name = read_clone_url(url) if len(url) <= URL_LIMIT and url else ""
        sha = git.required_text("commit_sha", limit=NAME_LIMIT)
        if sha and not _SHA.fullmatch(sha):
            git.problem("commit_sha", f"must have 40 to {SHA_LIMIT} hexadecimal digits")
        return None if name is None else GitIn(repository=name, commit_sha=sha.lower())

    def tags(self) -> tuple[str, ...] | None:
        """Tags, each once without case, as first spelled; None when the member is absent or null."""
        value = self.members.get("custom_tags")
        if value is None:
            return None
        if not isinstance(value, list):
            self.problem("custom_tags", "must be a list of strings")
            return None
        spelled: dict[str, str] = {}
        for tag in value[: REPEATED_TAGS_LIMIT + 1]:
            if isinstance(tag, str):
                spelled.setdefault(tag.casefold(), tag)
        tags = tuple(spelled.values())
        if len(tags) > TAGS_LIMIT or len(value) > REPEATED_TAGS_LIMIT:
            self.problem("custom_tags", f"must have at most {TAGS_LIMIT} tags")
            return tags
        for index, tag in enumerate(value):
            self._check_tag(f"custom_tags/{index}", tag)
        return tags

    def texts(self, name: str, *, limit: int) -> tuple[str, ...]:
        """Texts, each once without case; none when the member is absent or null."""
        value = self.members.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > limit:
            self.problem(name, f"must be a list of at most {limit} strings")
            return ()
        found: dict[str, str] = {}
        for index, item in enumerate(value):
            text = self._checked_text(f"{name}/{index}", item, NAME_LIMIT)
            if text is None:
                if isinstance(item, str):
                    self.problem(f"{name}/{index}", "must not have an empty item")
            else:
                found.setdefault(text.casefold(), text)
        return tuple(found.values())

    def choice(self, name: str, choices: Collection[str], *, default: str) -> str:
        """One of ``choices``."""
        value = self.members.get(name)
        if value is None or value == "":
            return default
        if not isinstance(value, str) or value not in choices:
            self.problem(name, f'must be one of "{" ".join(choices)}"')
            return default
        return value

    def _check_tag(self, place: str, tag: object) -> None:
        if not isinstance(tag, str):
            self.problem(place, "must be a list of strings")
            return
        key, colon, value = tag.partition(":")
        if not colon or not key.strip() or not value.strip():
            self.problem(place, "must have tags of the form key:value")
        elif len(tag) > TAG_LIMIT:
            self.problem(place, f"must have tags of at most {TAG_LIMIT} characters")
        elif (unstorable := find_unstorable(tag)) is not None:
            self.problem(place, f"must not contain {unstorable}")

    def _checked_text(self, name: str, value: object, limit: int) -> str | None:
        value = to_text(value)
        if not isinstance(value, str):
            self.problem(name, "must be a string")
            return None
        text = value.strip()
        if len(text) > limit:
            self.problem(name, f"must have at most {limit} characters")
        elif (unstorable := find_unstorable(text)) is not None:
            self.problem(name, f"must not contain {unstorable}")
        return text or None
