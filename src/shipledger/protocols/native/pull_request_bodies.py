"""The bodies of pull requests. Pure."""

from __future__ import annotations

from shipledger.catalog.clone_url import read_clone_url, to_clone_url
from shipledger.protocols.native.bodies import (
    LINK_LIMIT,
    NAME_LIMIT,
    SHOULD_NAME_A_REPOSITORY,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Checked,
    check_each,
)
from shipledger.protocols.native.pull_request_wire import PullRequestIn
from shipledger.protocols.native.reading import Reader, read_items
from shipledger.protocols.wire_json import decode_kept

COMMITS_LIMIT = 1_000
LABELS_LIMIT = 100
COMMIT_LIMIT = 128
MEMBERS = tuple(PullRequestIn.__struct_fields__)
_LATER = ("reviewed_at", "approved_at", "merged_at", "closed_at")


def check_pull_requests(text: str) -> Checked[PullRequestIn]:
    """The pull request, or the list of them, in a body that arrives: all of them, or none. Raises what ``check_each`` does."""
    return check_each(text, _read, lambda one, members: {**members, "repository": to_clone_url(one.repository)})


def read_kept_pull_requests(text: str) -> tuple[PullRequestIn, ...]:
    """The pull requests in a body that was checked when it arrived."""
    return tuple(_read(item) for item in read_items(decode_kept(text), {}))


def _read(body: Reader) -> PullRequestIn:
    body.refuse_others(MEMBERS)
    sent = body.required_text("repository", limit=LINK_LIMIT)
    repository = read_clone_url(sent) if sent and len(sent) <= LINK_LIMIT else ""
    if repository is None:
        body.fault("repository", SHOULD_NAME_A_REPOSITORY)
    read = PullRequestIn(
        repository=repository or "",
        number=body.required_text("number", limit=NAME_LIMIT),
        title=body.text("title", limit=TITLE_LIMIT),
        description=body.text("description", limit=TEXT_LIMIT),
        author=body.text("author", limit=NAME_LIMIT),
        url=body.text("url", limit=LINK_LIMIT),
        branch=body.text("branch", limit=NAME_LIMIT),
        target_branch=body.text("target_branch", limit=NAME_LIMIT),
        labels=body.texts("labels", limit=LABELS_LIMIT, item_limit=NAME_LIMIT),
        opened_at=body.time("opened_at"),
        reviewed_at=body.time("reviewed_at"),
        approved_at=body.time("approved_at"),
        merged_at=body.time("merged_at"),
        closed_at=body.time("closed_at"),
        updated_at=body.time("updated_at"),
        head_commit=body.text("head_commit", limit=COMMIT_LIMIT),
        merge_commit=body.text("merge_commit", limit=COMMIT_LIMIT),
        commits=body.texts("commits", limit=COMMITS_LIMIT, item_limit=COMMIT_LIMIT),
        is_squash=body.boolean("is_squash"),
    )
    for name in _LATER:
        moment = getattr(read, name)
        if read.opened_at is not None and moment is not None and moment < read.opened_at:
            body.fault(name, "should not be before opened_at")
    return read
