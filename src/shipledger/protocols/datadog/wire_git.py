"""The answers to uploads of git metadata."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class RepositoryOut(Struct, frozen=True):
    """Which repository an answer is about, without user and password."""

    repository_url: str


class CommitOut(Struct, frozen=True):
    """A commit. The CLI stops when the id is not in lower case."""

    id: str
    type: Literal["commit"] = "commit"


class KnownCommitsOut(Struct, frozen=True):
    """Those of the commits asked about that are known. The CLI stops when ``data`` is missing."""

    meta: RepositoryOut
    data: list[CommitOut]
