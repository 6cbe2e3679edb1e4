"""From commits to this API's answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.commit import Commit
from shipledger.protocols.native.wire import CommitOut
from shipledger.protocols.times import format_known_time, format_time


def to_commits(commit_ids: Sequence[str], known: Sequence[Commit]) -> tuple[CommitOut, ...]:
    """Each commit by its id, with what is known of it."""
    by_id = {one.commit_id: one for one in known}
    return tuple(to_commit(commit_id, by_id.get(commit_id)) for commit_id in commit_ids)


def to_commit(commit_id: str, commit: Commit | None) -> CommitOut:
    """A commit by its id, with what is known of it."""
    if commit is None:
        return CommitOut(id=commit_id)
    telling = commit.telling
    return CommitOut(
        id=commit_id,
        parents=commit.parents if commit.has_parents else None,
        subject=commit.subject,
        author_name=commit.author_name or None,
        authored_at=format_time(commit.authored_at),
        committed_at=format_known_time(commit.committed_at),
        is_merge=commit.is_merge,
        paths=tuple(one.path for one in telling.files) if telling is not None and telling.files else None,
    )
