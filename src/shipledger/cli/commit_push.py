"""Send the commits of a checkout that the server does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import httpx2
import msgspec
from msgspec import Struct

from shipledger.cli.checkout import Checkout, CheckoutCommit
from shipledger.reporting.own_api import VARIABLE
from shipledger.reporting.server_calls import Refused, ServerCalls, read_object, to_error

ASKED_AT_ONCE = 1_000
READ_AT_ONCE = 200
BODY_BYTES = 700_000
"""A body may have 1 MiB."""

_NAME_LIMIT = 255
_MESSAGE_LIMIT = 4_000
_PATHS_LIMIT = 500
_PATH_LIMIT = 4_096


class Pushed(Struct, frozen=True):
    """What a push did. ``missing_parents``: parents that neither the checkout nor the server has."""

    repository: str
    sent: int
    known: int
    is_shallow: bool
    missing_parents: tuple[str, ...]


def push_commits(
    calls: ServerCalls, checkout: Checkout, repository: str, revision: str, *, limit: int, advance: Callable[[int, int], None]
) -> Pushed:
    """Send what is missing, the oldest first, so that a push that was interrupted is finished by the next one.

    Raises Denied, Refused, NotFound, Unavailable and Invalid.
    """
    ids = checkout.list_commits(revision, limit=limit)
    boundary = checkout.list_boundary()
    missing = _find_missing(calls, repository, ids)
    sent = 0
    for body in _make_bodies(checkout, repository, missing, boundary):
        _post(calls, "/ledger/v1/commits", body)
        sent += len(body["commits"])
        advance(sent, len(missing))
    oldest = checkout.read_commits(sorted(boundary & set(ids)), boundary=boundary)
    cut = sorted({parent for one in oldest for parent in one.raw.parents})
    return Pushed(
        repository=repository,
        sent=sent,
        known=len(ids) - len(missing),
        is_shallow=bool(boundary),
        missing_parents=tuple(_ask(calls, repository, cut)) if cut else (),
    )


def _find_missing(calls: ServerCalls, repository: str, ids: Sequence[str]) -> list[str]:
    """Oldest first. Behind as many that are all known everything is, since older ones are sent first."""
    missing: list[str] = []
    for first in range(0, len(ids), ASKED_AT_ONCE):
        found = _ask(calls, repository, ids[first : first + ASKED_AT_ONCE])
        missing += found
        if not found:
            break
    return missing[::-1]


def _ask(calls: ServerCalls, repository: str, ids: Sequence[str]) -> list[str]:
    answer = _post(calls, "/ledger/v1/commits/missing", {"repository": repository, "commits": list(ids)})
    missing = answer.get("missing")
    if not isinstance(missing, list):
        raise Refused("answer", "The server is not Shipledger: its answer names no missing commits.")
    wanted = set(ids)
    return [one for one in missing if one in wanted]


def _post(calls: ServerCalls, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = calls.request("POST", path, json=body)
    if response.status_code != httpx2.codes.OK:
        raise to_error(response, variable=VARIABLE)
    return read_object(response)


def _make_bodies(checkout: Checkout, repository: str, ids: Sequence[str], boundary: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Bodies that are not too large."""
    commits: list[dict[str, Any]] = []
    size = 0
    for first in range(0, len(ids), READ_AT_ONCE):
        for commit in checkout.read_commits(ids[first : first + READ_AT_ONCE], boundary=boundary):
            item = _to_item(commit)
            length = len(msgspec.json.encode(item))
            if commits and (size + length > BODY_BYTES or len(commits) >= READ_AT_ONCE):
                yield {"repository": repository, "commits": commits}
                commits, size = [], 0
            commits.append(item)
            size += length
    if commits:
        yield {"repository": repository, "commits": commits}


def _to_item(commit: CheckoutCommit) -> dict[str, Any]:
    raw = commit.raw
    item: dict[str, Any] = {
        "id": commit.commit_id,
        "parents": list(raw.parents),
        "authored_at": _format(raw.authored_at),
        "committed_at": _format(raw.committed_at),
        "author_name": raw.author_name,
        "author_email": raw.author_address[:_NAME_LIMIT],
        "message": _storable(raw.message)[:_MESSAGE_LIMIT],
    }
    if commit.paths:
        item["paths"] = [path for path in map(_storable, commit.paths) if 0 < len(path) <= _PATH_LIMIT][:_PATHS_LIMIT]
    return item


def _storable(text: str) -> str:
    return text.replace("\0", "").strip()


def _format(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
