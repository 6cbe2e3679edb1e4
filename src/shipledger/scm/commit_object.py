"""A commit as git keeps it, to a Commit. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.catalog.commit import Commit
from shipledger.clock import EPOCH
from shipledger.ledger.authors import hash_address
from shipledger.ledger.naming import find_keys

SUBJECT_LIMIT = 300
NAME_LIMIT = 255
MESSAGE_LIMIT = 4_000
_SUBJECT_BYTES = 4_096
_MESSAGE_BYTES = 65_536
_KEYS_LIMIT = 100
"""A squashed branch names many issues, and nobody reads a message that names more."""
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, after which no time can be written."""

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SECONDS = re.compile(rb">\s*(\d{1,12})(?:\s[^>]*)?$")
_CHARACTER_SETS = re.compile(r"(?i)(utf-?8|us-?ascii|iso[-_]?8859|latin|windows-125|cp\d|koi8|shift[-_]?jis|euc|gb|big5).*")
"""Python's codecs hold more than character sets, and what is read here comes from strangers."""

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")


class RawCommit(Struct, frozen=True):
    """What a commit says. ``parents`` and ``tree`` are whole ids; ``message`` is its start."""

    parents: tuple[str, ...]
    tree: str
    author_name: str
    author_address: str
    authored_at: datetime
    committed_at: datetime
    subject: str
    message: str


def read_raw(content: bytes) -> RawCommit | None:
    """What a commit says, or None when it has no tree or no times that can be read."""
    head, _, message = content.partition(b"\n\n")
    members: dict[bytes, bytes] = {}
    parents: list[str] = []
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if name == b"parent":
            parents.append(value.decode("ascii", "replace"))
        else:
            members.setdefault(name, value)
    tree = members.get(b"tree", b"").decode("ascii", "replace")
    author = members.get(b"author", b"")
    authored_at, committed_at = _time_of(author), _time_of(members.get(b"committer", b""))
    if authored_at is None or committed_at is None or not all(_ID.fullmatch(each) for each in (tree, *parents)):
        return None
    encoding = _known(members.get(b"encoding", b"utf-8").decode("ascii", "replace"))
    author_name, address = _author_of(author.decode(encoding, "replace"))
    return RawCommit(
        parents=tuple(parents),
        tree=tree,
        author_name=author_name,
        author_address=address,
        authored_at=authored_at,
        committed_at=committed_at,
        subject=_subject_of(message, encoding),
        message=message[:_MESSAGE_BYTES].decode(encoding, "replace").strip(),
    )


def read_commit(organization_id: str, commit_id: str, content: bytes) -> Commit | None:
    """The commit, or None when it cannot be read. Of the author's address only a hash is left."""
    raw = read_raw(content)
    if raw is None:
        return None
    return Commit(
        commit_id=commit_id,
        parents=raw.parents,
        tree=raw.tree,
        authored_at=raw.authored_at,
        committed_at=raw.committed_at,
        subject=raw.subject,
        issue_keys=find_keys(raw.message, _KEYS_LIMIT),
        has_parents=True,
        author_name=raw.author_name,
        author_hash=hash_address(organization_id, raw.author_address),
        message=raw.message[:MESSAGE_LIMIT],
    )


def split_batch(batch: bytes) -> Iterator[tuple[str, bytes]]:
    """Each object of ``git cat-file --batch``: a line with its id, type and size, its content, and the end of a line."""
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        commit_id, _, size = batch[place:end].split()
        place = end + 1 + int(size)
        yield commit_id.decode(), batch[end + 1 : place]
        place += 1


def _author_of(line: str) -> tuple[str, str]:
    """Name and address, as in ``Jane Doe <jane@example.com> 1767225600 +0000``."""
    name, _, rest = line.partition("<")
    return _BLANK.sub(" ", name).strip()[:NAME_LIMIT], rest.partition(">")[0]


def _time_of(line: bytes) -> datetime | None:
    found = _SECONDS.search(line)
    return None if found is None or int(found[1]) > _LAST_SECOND else EPOCH + timedelta(seconds=int(found[1]))


def _subject_of(message: bytes, encoding: str) -> str:
    """The first paragraph in one line, as git shows it."""
    paragraph = message.lstrip(b"\r\n")[:_SUBJECT_BYTES].split(b"\n\n")[0]
    return _BLANK.sub(" ", paragraph.decode(encoding, "replace")).strip()[:SUBJECT_LIMIT]


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name if _CHARACTER_SETS.fullmatch(encoding) else "utf-8"
    except LookupError:
        return "utf-8"
