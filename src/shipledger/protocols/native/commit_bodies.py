"""Commits in the bodies that this API takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.commit import FileChange, Telling
from shipledger.clock import EPOCH
from shipledger.ledger.authors import hash_address
from shipledger.protocols.native.bodies import LINK_LIMIT, NAME_LIMIT, SHOULD_NAME_A_REPOSITORY
from shipledger.protocols.native.reading import SHOULD_BE_A_LIST, SHOULD_BE_PROVIDED, Faults, Reader, read_items, refuse_faults
from shipledger.protocols.wire_json import decode_body

COMMITS_LIMIT = 1_000
IDS_LIMIT = 5_000
MESSAGE_LIMIT = 65_536
KEPT_MESSAGE = 4_000
PARENTS_LIMIT = 100
PATHS_LIMIT = 10_000
KEPT_PATHS = 500

SHOULD_BE_A_COMMIT = "should be the whole hash of a commit: 40 or 64 hexadecimal digits"
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class SentCommit(Struct, frozen=True):
    """A commit of a repository (canonical name), as a body has it."""

    repository: str
    commit_id: str
    telling: Telling


def read_commits(organization_id: str, text: str) -> tuple[SentCommit, ...]:
    """The commits in a body: one, a list, or ``{"repository": …, "commits": […]}``. All of them, or none.

    Raises Invalid with a text for every wrong member, and what ``decode_body`` raises.
    """
    faults: Faults = {}
    body = decode_body(text)
    commits = tuple(_read_commit(organization_id, item, repository) for item, repository in _list_items(body, faults))
    refuse_faults(faults)
    return commits


def read_ids(text: str) -> tuple[str, tuple[str, ...]]:
    """The repository (canonical name) and the ids in ``{"repository": …, "commits": […]}``. Raises as ``read_commits`` does."""
    faults: Faults = {}
    (body,) = read_items(decode_body(text), faults, limit=1) or [Reader({}, faults)]
    repository = _read_repository(body)
    ids = body.texts("commits", limit=IDS_LIMIT, item_limit=NAME_LIMIT)
    if not ids:
        body.fault("commits", SHOULD_BE_PROVIDED)
    refuse_faults(faults)
    return repository, tuple(one.lower() for one in ids)


def _list_items(body: Any, faults: Faults) -> Iterator[tuple[Reader, str | None]]:
    """Each commit, with the repository that its list has, if it has one."""
    if type(body) is not dict or "commits" not in body:
        yield from ((item, None) for item in read_items(body, faults, limit=COMMITS_LIMIT))
        return
    outer = Reader(body, faults)
    repository = _read_repository(outer) if outer.has("repository") else None
    if not outer.has("commits"):
        outer.fault("commits", SHOULD_BE_PROVIDED if body["commits"] is None else SHOULD_BE_A_LIST)
    yield from ((item, repository) for item in outer.objects("commits", limit=COMMITS_LIMIT))


def _read_repository(body: Reader) -> str:
    sent = body.required_text("repository", limit=LINK_LIMIT)
    repository = read_clone_url(sent) if sent else None
    if sent and repository is None:
        body.fault("repository", SHOULD_NAME_A_REPOSITORY)
    return repository or ""


def _read_commit(organization_id: str, body: Reader, repository: str | None) -> SentCommit:
    authored_at = body.time("authored_at")
    if authored_at is None and body.is_sound("authored_at"):
        body.fault("authored_at", SHOULD_BE_PROVIDED)
    paths = body.texts("paths", limit=PATHS_LIMIT, item_limit=LINK_LIMIT)
    parents = _read_parents(body)
    message = body.text("message", limit=MESSAGE_LIMIT) or ""
    telling = Telling(
        message=message[:KEPT_MESSAGE],
        authored_at=authored_at or EPOCH,
        committed_at=body.time("committed_at"),
        author_name=body.text("author_name", limit=NAME_LIMIT) or "",
        author_hash=hash_address(organization_id, body.text("author_email", limit=NAME_LIMIT) or ""),
        is_merge=parents is not None and len(parents) > 1,
        parents=parents,
        file_count=len(paths) if body.has("paths") else None,
        files=tuple(FileChange(path=path) for path in paths[:KEPT_PATHS]),
        url=body.text("url", limit=LINK_LIMIT) or "",
    )
    return SentCommit(_read_repository(body) if repository is None else repository, _read_id(body), telling)


def _read_id(body: Reader) -> str:
    sent = body.required_text("id", limit=NAME_LIMIT).lower()
    if sent and _ID.fullmatch(sent) is None:
        body.fault("id", SHOULD_BE_A_COMMIT)
    return sent


def _read_parents(body: Reader) -> tuple[str, ...] | None:
    """None when they were not sent: a first commit has an empty list."""
    if not body.is_there("parents"):
        return None
    parents = tuple(one.lower() for one in body.texts("parents", limit=PARENTS_LIMIT, item_limit=NAME_LIMIT))
    for index, parent in enumerate(parents):
        if _ID.fullmatch(parent) is None:
            body.fault(f"parents[{index}]", SHOULD_BE_A_COMMIT)
    return parents
