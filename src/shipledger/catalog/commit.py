"""Commits of repositories, and the git packs that bring them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class FileChange(Struct, frozen=True, omit_defaults=True):
    """A file that a commit changed. ``kind``: added, copied, deleted, modified, moved or unknown; lines None: not told."""

    path: str
    kind: str = "unknown"
    lines_added: int | None = None
    lines_removed: int | None = None


class Telling(Struct, frozen=True, omit_defaults=True):
    """What somebody tells of a commit without sending it, as issue trackers are told.

    ``author_hash`` stands for the author's address, which is not kept; "" for none. ``files`` are some of ``file_count``.
    ``issue_keys``: the issues that it is said to be about.
    """

    message: str
    authored_at: datetime
    author_name: str = ""
    author_hash: str = ""
    is_merge: bool = False
    file_count: int | None = None
    files: tuple[FileChange, ...] = ()
    url: str = ""
    display_id: str = ""
    issue_keys: tuple[str, ...] = ()


class Commit(Struct, frozen=True):
    """A commit. ``commit_id``, ``parents`` and ``tree`` are 40 or 64 hex digits in lower case.

    One that was only told has no ``tree``, no time of its commit, and ``parents`` that nobody knows: no range follows from it.
    ``telling`` is what was told last, None where nothing was. ``issue_keys``: what looks like the key of an issue in its whole
    message, of one that was sent.
    """

    commit_id: str
    parents: tuple[str, ...]
    tree: str
    authored_at: datetime
    committed_at: datetime | None
    subject: str
    issue_keys: tuple[str, ...] = ()
    telling: Telling | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the commit itself was sent, with its parents and its tree."""
        return bool(self.tree)


SMALLEST_PACK_BYTES = 64 * 1024
"""What a small pack counts as where packs that wait are limited: it is a row, and git is started for it, all the same."""


class PackState(StrEnum):
    """How far a pack is."""

    PENDING = "pending"
    INDEXED = "indexed"
    REFUSED = "refused"


class Pack(Struct, frozen=True):
    """A git pack that was sent for a repository (its canonical name). ``head`` is the commit that it was made for.

    ``credential_id`` says who sent it, "" where nobody knows any more.
    """

    organization_id: str
    pack_id: str
    repository: str
    head: str
    size_bytes: int
    accepted_at: datetime
    credential_id: str = ""


class PackRecord(Struct, frozen=True):
    """A pack with what became of it. ``failure`` says why it was refused."""

    pack: Pack
    state: PackState
    failure: str


class PackBacklog(Struct, frozen=True):
    """How many packs wait to be indexed, and how many were refused."""

    pending: int
    refused: int


class CommitStore(Protocol):
    """Packs on their way in, and the commits that they brought; part of ``store.contract.Store``.

    A commit is known once its pack is indexed and its tree is there: the tree may come in another pack.
    """

    async def append_pack_if_room(self, pack: Pack, content: bytes, *, room_bytes: int) -> bool:
        """Make a pack durable; False, and nothing kept, when those of its organization that wait would take more than there is.

        A pack counts as ``SMALLEST_PACK_BYTES`` at least. On PostgreSQL packs that arrive at the same moment may each find room.
        """

    async def list_next_packs(self) -> list[Pack]:
        """The oldest pack that waits of each organization that has one, the oldest of them first."""

    async def append_refused_pack(self, pack: Pack, *, failure: str) -> None:
        """Remember a pack that was refused when it arrived, for a reason in words; nothing of its content is kept."""

    async def list_packs(self, organization_id: str, *, limit: int, state: PackState | None = None) -> list[PackRecord]:
        """The packs of an organization, of one state or all, newest first."""

    async def find_pack_content(self, pack: Pack) -> bytes | None:
        """The content of a pack that waits; None for any other."""

    async def save_commits(self, pack: Pack, commits: Sequence[Commit]) -> None:
        """Add commits of the pack's repository that are not there, and remember who sent them; they are not known yet.

        Raises NotFound when the pack was erased meanwhile.
        """

    async def list_unknown_trees(self, pack: Pack) -> dict[str, str]:
        """The tree of each commit of the pack's repository that is there and not known."""

    async def make_known(self, pack: Pack, commit_ids: Sequence[str]) -> None:
        """These commits of the pack's repository are known from now on."""

    async def settle_pack(self, pack: Pack, *, name: str, now: datetime) -> None:
        """A pack is indexed, and git calls it ``name``; its content is dropped.

        Raises Conflict when it does not wait, and NotFound when it was erased.
        """

    async def refuse_pack(self, pack: Pack, *, failure: str, now: datetime) -> None:
        """A pack cannot be used, for a reason in words; its content is dropped. Raises Conflict when it does not wait."""

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        """Those of the commits that are known, whole or told, in the order asked for."""

    async def find_commit_issues(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """The issues that known ones of ``commits`` name, which are organizations, repositories and commit ids, all as given."""

    async def names_issues(self, organization_id: str) -> bool:
        """Whether a commit of an organization names an issue."""

    async def get_pack_backlog(self) -> PackBacklog:
        """What waits and what was refused, over all organizations."""
