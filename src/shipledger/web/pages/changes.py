"""What a deployment changed, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.catalog.commit_range import RangeReason
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.ledger.titles import title_of
from shipledger.pull_requests.model import PullRequest
from shipledger.verbs.changes import ChangedCommit, ChangedRepository, find_changes
from shipledger.web.pages.formats import commit_link, web_link
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.issue_links import key_words_of

COMMITS_SHOWN = 50
PULL_REQUESTS_SHOWN = 50
ISSUES_SHOWN = 50
ISSUES_OF_A_COMMIT = 5
AUTHORS_SHOWN = 20
LONGEST_SUBJECT = 200

REASONS: dict[RangeReason, str] = {
    RangeReason.FIRST_DEPLOYMENT: "Nothing of this repository ran here before, so there is nothing to compare with.",
    RangeReason.SAME_COMMIT: "The same commit ran here before, so nothing changed.",
    RangeReason.FORWARD: "",
    RangeReason.ROLLBACK: "It went back to an older commit.",
    RangeReason.DIVERGED: "It came from another branch than what ran here before.",
    RangeReason.UNKNOWN_COMMIT: "Nobody has sent this commit with its parents, so what came with it is unknown.",
    RangeReason.UNKNOWN_COMMIT_BEFORE: "Nobody has sent the commit that ran here before, so what came in since is unknown.",
}
"""What to know about the commits of a repository; "" where there is nothing."""

_STANDS_ALONE = (RangeReason.FIRST_DEPLOYMENT, RangeReason.UNKNOWN_COMMIT, RangeReason.UNKNOWN_COMMIT_BEFORE)
"""Nothing but the commit itself is known, which the page lists as it was sent."""
_UNKNOWN = (RangeReason.UNKNOWN_COMMIT, RangeReason.UNKNOWN_COMMIT_BEFORE)


class LaneNeighbour(Struct, frozen=True):
    """A deployment next to another one."""

    id: str
    title: str
    state: State


class CommitRow(Struct, frozen=True):
    """One commit. ``subject`` is "" for one that nobody sent."""

    id: str
    subject: str
    url: str
    author: str
    at: datetime | None
    issues: tuple[str, ...]
    issues_left_out: int


class Side(Struct, frozen=True):
    """Commits that came in, or were taken out: the newest ones, and how many more there are."""

    name: str
    rows: tuple[CommitRow, ...]
    count: int

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.count - len(self.rows)


class RepositoryChanges(Struct, frozen=True):
    """One repository. ``before``: what ran before it, with its commit."""

    repository: str
    sentence: str
    before: LaneNeighbour | None
    commit_before: str
    sides: tuple[Side, ...]
    has_gaps: bool


class ShownChanges(Struct, frozen=True):
    """All of it. ``is_unknown``: commits are missing that somebody could send."""

    previous: LaneNeighbour | None
    next: LaneNeighbour | None
    repositories: tuple[RepositoryChanges, ...]
    issues: tuple[str, ...]
    issues_left_out: int
    authors: tuple[str, ...]
    authors_left_out: int
    pull_requests: tuple[PullRequest, ...]
    pull_requests_left_out: int
    is_unknown: bool


async def read_changes(frame: Frame, deployment: Deployment) -> ShownChanges:
    """What a deployment changed against what ran before it."""
    found = await find_changes(frame.ledger, deployment, key_words_of(frame), limit=COMMITS_SHOWN)
    pull_requests = found.pull_requests[:PULL_REQUESTS_SHOWN]
    ranges = [one.range.range for one in found.repositories]
    return ShownChanges(
        previous=_to_neighbour(found.lane.previous),
        next=_to_neighbour(found.lane.next),
        repositories=tuple(map(_to_repository, found.repositories)),
        issues=found.issues[:ISSUES_SHOWN],
        issues_left_out=max(len(found.issues) - ISSUES_SHOWN, 0),
        authors=found.authors[:AUTHORS_SHOWN],
        authors_left_out=max(len(found.authors) - AUTHORS_SHOWN, 0),
        pull_requests=pull_requests,
        pull_requests_left_out=len(found.pull_requests) - len(pull_requests),
        is_unknown=any(one.reason in _UNKNOWN or one.gaps for one in ranges),
    )


def _to_repository(one: ChangedRepository) -> RepositoryChanges:
    found = one.range.range
    return RepositoryChanges(
        repository=one.range.repository,
        sentence=REASONS[found.reason],
        before=_to_neighbour(one.range.before),
        commit_before=one.range.commit_before or "",
        sides=tuple(_list_sides(one)),
        has_gaps=bool(found.gaps),
    )


def _list_sides(one: ChangedRepository) -> Iterator[Side]:
    repository, found = one.range.repository, one.range.range
    if found.reason in _STANDS_ALONE:
        return
    for name, commits, ids in (
        ("Came in", one.brought_in, found.brought_in),
        ("Taken out", one.taken_out, found.taken_out),
    ):
        if ids:
            yield Side(name, tuple(_to_rows(repository, commits)), len(ids))


def _to_rows(repository: str, commits: Sequence[ChangedCommit]) -> Iterable[CommitRow]:
    for one in commits:
        known = one.commit
        told = web_link(known.telling.url) if known is not None and known.telling is not None else ""
        subject = "" if known is None else " ".join(known.subject.split()) or "no subject"
        yield CommitRow(
            id=one.commit_id,
            subject=subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…",
            url=told or commit_link(repository, one.commit_id),
            author=one.author,
            at=None if known is None else known.committed_at or known.authored_at,
            issues=one.issue_keys[:ISSUES_OF_A_COMMIT],
            issues_left_out=max(len(one.issue_keys) - ISSUES_OF_A_COMMIT, 0),
        )


def _to_neighbour(one: Deployment | None) -> LaneNeighbour | None:
    return None if one is None else LaneNeighbour(one.deployment_id, title_of(one), one.shown_state)
