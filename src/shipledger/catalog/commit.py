"""Commits of repositories, and the git packs with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import GraphNode
from shipledger.ledger.authors import Author


class FileChange(Struct, frozen=True, omit_defaults=True):
    """A file that a commit changed. ``kind``: added, copied, deleted, modified, moved or unknown; lines None: not told."""

    path: str
    kind: str = "unknown"
    lines_added: int | None = None
    lines_removed: int | None = None


class Telling(Struct, frozen=True, omit_defaults=True):
    """What somebody tells of a commit without sending it, as issue trackers are told.

    ``author_hash`` stands for the author's address, which is not kept; "" for none. ``files`` are some of ``file_count``.
    ``issue_keys``: the issues that it is said to be about. ``parents``: None where nobody told them, as trackers are not.
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
    committed_at: datetime | None = None
    parents: tuple[str, ...] | None = None


class Commit(Struct, frozen=True):
    """A commit. ``commit_id``, ``parents`` and ``tree`` are 40 or 64 hex digits in lower case.

    One that was only told has no ``tree``, and its ``parents`` are those of the commit only where ``has_parents``.
    ``telling`` is what was told last, None where nothing was. ``issue_keys``: what looks like the key of an issue in its whole
    message, of one that was sent. ``author_hash``: see Telling. ``learned_at``: when it first came, None where that was not kept.
    """

    commit_id: str
    parents: tuple[str, ...]
    tree: str
    authored_at: datetime
    committed_at: datetime | None
    subject: str
    issue_keys: tuple[str, ...] = ()
    telling: Telling | None = None
    has_parents: bool = False
    author_name: str = ""
    author_hash: str = ""
    message: str = ""
    learned_at: datetime | None = None

    @property
    def is_merge(self) -> bool:
        """Whether it joins branches, as its parents say, or as it was told."""
        return len(self.parents) > 1 or (self.telling is not None and self.telling.is_merge)

    @property
    def is_whole(self) -> bool:
        """Whether the commit itself was sent, with its parents and its tree."""
        return bool(self.tree)


SMALLEST_PACK_BYTES = 64 * 1024
"""Minimum size of a pack in the limit on waiting packs: even a small one costs a row and a git process."""


class PackState(StrEnum):
    """How far a pack is."""

    PENDING = "pending"
    INDEXED = "indexed"
    REFUSED = "refused"


class Pack(Struct, frozen=True):
    """A git pack for a repository (canonical name). ``head`` is the commit that it was created for.

    ``credential_id`` is the sender, "" if no longer known.
    """

    organization_id: str
    pack_id: str
    repository: str
    head: str
    size_bytes: int
    accepted_at: datetime
    credential_id: str = ""


class PackRecord(Struct, frozen=True):
    """A pack with its state. ``failure`` says why it was refused."""

    pack: Pack
    state: PackState
    failure: str


class PackBacklog(Struct, frozen=True):
    """The numbers of pending and refused packs."""

    pending: int
    refused: int


class CommitStore(Protocol):
    """Packs and their commits; part of ``store.contract.Store``.

    A commit is known once its pack is indexed and its tree is there; the tree may be in another pack.
    """

    async def append_pack_if_room(self, pack: Pack, content: bytes, *, room_bytes: int) -> bool:
        """Store a pack; False, and nothing stored, if its organization's waiting packs would exceed the limit.

        A pack counts as at least ``SMALLEST_PACK_BYTES``. On PostgreSQL concurrent packs may together exceed the limit.
        """

    async def list_next_packs(self) -> list[Pack]:
        """The oldest pending pack of each organization, oldest first."""

    async def append_refused_pack(self, pack: Pack, *, failure: str) -> None:
        """Record a pack that was refused on arrival, with the reason, without its contents."""

    async def list_packs(self, organization_id: str, *, limit: int, state: PackState | None = None) -> list[PackRecord]:
        """The packs of an organization, of one state or all, newest first."""

    async def find_pack_content(self, pack: Pack) -> bytes | None:
        """The contents of a pending pack; None for others."""

    async def save_commits(self, pack: Pack, commits: Sequence[Commit]) -> None:
        """Add missing commits of the pack's repository with their sender; they are not known yet.

        Raises NotFound if the pack was erased in the meantime.
        """

    async def list_unknown_trees(self, pack: Pack) -> dict[str, str]:
        """The trees of the pack's repository's commits that are not known yet."""

    async def make_known(self, pack: Pack, commit_ids: Sequence[str]) -> None:
        """Mark these commits of the pack's repository as known."""

    async def settle_pack(self, pack: Pack, *, name: str, now: datetime) -> None:
        """Mark a pack as indexed under git's ``name``, and drop its contents.

        Raises Conflict if it is not pending, and NotFound if it was erased.
        """

    async def refuse_pack(self, pack: Pack, *, failure: str, now: datetime) -> None:
        """Refuse a pack with the reason, and drop its contents. Raises Conflict if it is not pending."""

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        """Those of the commits that are known, whole or told, in the order asked for."""

    async def read_graph(self, organization_id: str, repository: str) -> dict[str, GraphNode]:
        """The commits of a repository whose parents are known, by id."""

    async def read_ancestors(
        self, organization_id: str, commits: Iterable[tuple[str, str]], *, depth: int
    ) -> dict[str, dict[str, GraphNode]]:
        """Commits whose parents are known and ``depth`` generations behind them, by the key of their repository and by id.

        ``commits``: repositories (canonical names), each with an id in lower case, which may be shortened.
        """

    async def read_commits_behind(
        self, organization_id: str, repository: str, commit_ids: Sequence[str], *, limit: int
    ) -> dict[str, GraphNode]:
        """Some commits and those behind them whose parents are known, by id: the nearest, up to ``limit``."""

    async def find_commits_that_begin(self, organization_id: str, repository: str, start: str) -> list[str]:
        """Up to two commits whose parents are known and whose ids begin with ``start``, in lower case."""

    async def find_commits_in_graph(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> set[str]:
        """Those of the commits whose parents are known."""

    async def find_commit_issues(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """What looks like keys of issues in the messages of those of ``commits`` that are known, whole or told.

        ``commits`` are organizations, repositories and commit ids, and in the answer as they were given.
        """

    async def find_commit_authors(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Author]:
        """Who wrote those of ``commits`` that are known, whole or told, as far as they say so; see ``find_commit_issues``."""

    async def has_commits(self, organization_id: str) -> bool:
        """Whether a commit of an organization was sent or told."""

    async def names_issues(self, organization_id: str) -> bool:
        """Whether a commit of an organization names an issue, or was told and may do so."""

    async def get_pack_backlog(self) -> PackBacklog:
        """The pack backlog over all organizations."""
