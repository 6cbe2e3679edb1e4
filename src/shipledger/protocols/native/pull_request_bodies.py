"""The bodies of pull requests. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.clone_url import read_clone_url, to_clone_url
from shipledger.protocols.native.bodies import (
    ITEMS_LIMIT,
    LINK_LIMIT,
    NAME_LIMIT,
    SHOULD_NAME_A_REPOSITORY,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Checked,
)
from shipledger.protocols.native.pull_request_wire import PullRequestIn
from shipledger.protocols.native.reading import Faults, Reader, read_items, refuse_faults
from shipledger.protocols.wire_json import decode_body, decode_json, decode_kept, encode_json, note_replaced

COMMITS_LIMIT = 1_000
LABELS_LIMIT = 100
COMMIT_LIMIT = 128
MEMBERS = tuple(PullRequestIn.__struct_fields__)
_LATER = ("reviewed_at", "approved_at", "merged_at", "closed_at")


def check_pull_requests(text: str) -> Checked[PullRequestIn]:
    """The pull request, or the list of them, in a body that arrives: all of them, or none.

    Raises Invalid with a text for every wrong member, and what ``decode_body`` raises.
    """
    faults: Faults = {}
    items = tuple(_read(item) for item in read_items(decode_body(text), faults, limit=ITEMS_LIMIT))
    refuse_faults(faults)
    sent = decode_json(text)
    is_list = type(sent) is list
    cleaned = [{**members, "repository": to_clone_url(one.repository)} for one, members in _pair(items, sent)]
    body = encode_json(cleaned if is_list else cleaned[0]).decode()
    return Checked(items=items, is_list=is_list, body=body, parameters=note_replaced(text))


def read_kept_pull_requests(text: str) -> tuple[PullRequestIn, ...]:
    """The pull requests in a body that was checked when it arrived."""
    return tuple(_read(item) for item in read_items(decode_kept(text), {}))


def _pair(items: tuple[PullRequestIn, ...], sent: Any) -> list[tuple[PullRequestIn, dict[str, Any]]]:
    return list(zip(items, sent if type(sent) is list else [sent], strict=True))


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
