"""The part of the OpenAPI page that describes pull requests."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import bodies, listing
from shipledger.protocols.native import pull_request_bodies as limits
from shipledger.protocols.native.describing import (
    ID,
    REPOSITORY,
    as_of,
    choice,
    one_or_several,
    operation,
    paging,
    query,
    recording,
    text,
    window,
)
from shipledger.protocols.native.pull_request_wire import PullRequestOut, PullRequestPageOut, PullRequestsOut
from shipledger.protocols.native.pull_requests import PATH
from shipledger.protocols.native.vocabulary import PULL_REQUEST_STATES


def pull_request_paths() -> dict[str, Any]:
    """The operations on pull requests."""
    return {
        PATH: {
            "get": operation(
                "List pull requests",
                {200: ("A page, the one opened last first. `next_cursor` and `Link` lead to the next one.", PullRequestPageOut)},
                errors=(422,),
                parameters=(
                    *window("opened_at"),
                    query("repository", "A clone URL in any form, or host/owner/name."),
                    query("number", "The number within its repository."),
                    query("author", "Who wrote it, ignoring case."),
                    choice("state", PULL_REQUEST_STATES),
                    query(
                        "commit",
                        "The beginning of the id of one of its commits.",
                        minLength=listing.LEAST_OF_A_COMMIT,
                        maxLength=listing.MOST_OF_A_COMMIT,
                    ),
                    as_of(),
                    *paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT),
                ),
                is_table=True,
            ),
            "post": {
                **recording("Record pull requests", "The new one", PullRequestOut, PullRequestsOut),
                "description": "The same `repository` and `number` mean the same pull request: what is absent stays.",
                "requestBody": one_or_several(_pull_request()),
            },
        },
        f"{PATH}/{{id}}": {
            "get": operation(
                "A pull request",
                {200: ("The pull request.", PullRequestOut)},
                errors=(404, 422),
                parameters=(ID, as_of()),
            )
        },
    }


def _pull_request() -> dict[str, Any]:
    moment = {"type": "string", "format": "date-time"}
    name = text(bodies.NAME_LIMIT)
    commit = text(limits.COMMIT_LIMIT)
    return {
        "type": "object",
        "required": ["repository", "number"],
        "additionalProperties": False,
        "properties": {
            "repository": REPOSITORY,
            "number": {"anyOf": [{"type": "integer", "minimum": 1}, text(bodies.NAME_LIMIT, is_required=True)]},
            "title": text(bodies.TITLE_LIMIT),
            "description": text(bodies.TEXT_LIMIT),
            "author": name,
            "url": text(bodies.LINK_LIMIT),
            "branch": name,
            "target_branch": name,
            "labels": {"type": "array", "maxItems": limits.LABELS_LIMIT, "items": name},
            "opened_at": moment,
            "reviewed_at": {**moment, "description": "The first review."},
            "approved_at": {**moment, "description": "The first approval."},
            "merged_at": moment,
            "closed_at": moment,
            "updated_at": {
                **moment,
                "description": "When all of this was so. Of two reports the later counts; else the one accepted last.",
            },
            "head_commit": commit,
            "merge_commit": {**commit, "description": "The commit on the target branch."},
            "commits": {"type": "array", "maxItems": limits.COMMITS_LIMIT, "items": commit},
            "is_squash": {"type": "boolean", "description": "The merge commit stands for all of `commits`."},
        },
    }
