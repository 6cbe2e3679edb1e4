"""The part of the OpenAPI page about commits."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.stored_range import SHORTEST_ID
from shipledger.protocols.native import bodies, commit_bodies
from shipledger.protocols.native.commits import MOST_OF_AN_ID, PATH, RANGE_DEFAULT, RANGE_MAX
from shipledger.protocols.native.describing import BODY_ERRORS, REPOSITORY, REPOSITORY_PATTERN, body, operation, query, text
from shipledger.protocols.native.wire import CommitsOut, MissingOut, RangeOut

_ID = {"type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$"}


def paths() -> dict[str, Any]:
    """The operations."""
    one = _commit()
    several = {"type": "array", "minItems": 1, "maxItems": commit_bodies.COMMITS_LIMIT, "items": one}
    member = {**one, "required": ["id", "authored_at"]}
    of_one_repository = {
        "type": "object",
        "required": ["repository", "commits"],
        "properties": {
            "repository": REPOSITORY,
            "commits": {"type": "array", "minItems": 1, "maxItems": commit_bodies.COMMITS_LIMIT, "items": member},
        },
    }
    ids = {
        "type": "object",
        "required": ["repository", "commits"],
        "properties": {
            "repository": REPOSITORY,
            "commits": {"type": "array", "minItems": 1, "maxItems": commit_bodies.IDS_LIMIT, "items": _ID},
        },
    }
    number = {"type": "integer", "minimum": 1, "maximum": RANGE_MAX, "default": RANGE_DEFAULT}
    is_needed = {"required": True}
    return {
        PATH: {
            "post": {
                **operation("Send commits", {200: ("They are durable.", CommitsOut)}, errors=BODY_ERRORS),
                "description": "Sent again, a commit is replaced. The author's address is stored only as a hash.",
                "requestBody": body({"anyOf": [one, several, of_one_repository]}),
            }
        },
        f"{PATH}/missing": {
            "post": {
                **operation("Which commits are missing", {200: ("Those without known parents.", MissingOut)}, errors=BODY_ERRORS),
                "requestBody": body(ids),
            }
        },
        f"{PATH}/range": {
            "get": operation(
                "What a deployment brought in",
                {200: ("The commits that `commit` has and `before` has not, and the other way round.", RangeOut)},
                errors=(422,),
                parameters=(
                    {**query("repository", "Its name, as host/owner/name.", pattern=REPOSITORY_PATTERN), **is_needed},
                    {**_id_parameter("commit", "The deployed commit."), **is_needed},
                    _id_parameter("before", "The commit deployed before. Without it: the first deployment."),
                    {"name": "limit", "in": "query", "description": "How many commits of each side.", "schema": number},
                ),
            )
        },
    }


def _id_parameter(name: str, description: str) -> dict[str, Any]:
    return query(name, description, minLength=SHORTEST_ID, maxLength=MOST_OF_AN_ID, pattern="^[0-9a-f]+$")


def _commit() -> dict[str, Any]:
    moment = {"type": "string", "format": "date-time"}
    parents = {"type": "array", "maxItems": commit_bodies.PARENTS_LIMIT, "items": _ID}
    path = text(bodies.LINK_LIMIT, is_required=True)
    return {
        "type": "object",
        "required": ["repository", "id", "authored_at"],
        "properties": {
            "repository": REPOSITORY,
            "id": _ID,
            "parents": {**parents, "description": "Empty for a first commit. Without it no range follows from the commit."},
            "authored_at": moment,
            "committed_at": moment,
            "author_name": text(bodies.NAME_LIMIT),
            "author_email": text(bodies.NAME_LIMIT, "Stored only as a hash."),
            "message": text(commit_bodies.MESSAGE_LIMIT, f"The first {commit_bodies.KEPT_MESSAGE} characters are kept."),
            "paths": {
                "type": "array",
                "maxItems": commit_bodies.PATHS_LIMIT,
                "items": path,
                "description": f"The changed files; the first {commit_bodies.KEPT_PATHS} are kept.",
            },
            "url": text(bodies.LINK_LIMIT),
        },
    }
