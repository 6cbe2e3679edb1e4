"""What ``datadog-ci git-metadata upload`` sends: the list of files, the question which commits are known, and packs."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.clone_url import read_clone_url, to_clone_url
from shipledger.http.body_text import decode_text
from shipledger.protocols.contract import Endpoint, Route
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.call import Admission, Call
from shipledger.protocols.datadog.incoming import read_json, read_upload
from shipledger.protocols.datadog.reading import URL_LIMIT, Problem
from shipledger.protocols.datadog.uploads import FRAME_BYTES
from shipledger.protocols.datadog.wire_git import CommitOut, KnownCommitsOut, RepositoryOut
from shipledger.protocols.wire_json import UnreadableJsonError, decode_body, encode_json
from shipledger.verbs.commits import CommitVerbs

FILE_LIST = "/api/v2/srcmap"
SEARCH_COMMITS = "/api/v2/git/repository/search_commits"
PACKFILE = "/api/v2/git/repository/packfile"

FILE_LIST_LIMIT_BYTES = 32 * 1024 * 1024
PACK_LIMIT_BYTES = 16 * 1024 * 1024
"""The CLI cuts its packs at 3 MB, but an object is never cut."""

COMMITS_LIMIT = 10_000
COMMIT_LENGTH = 40

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MEDIA_TYPE = "application/json"
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class GitMetadataOperations:
    """Its three calls. All need the API key alone."""

    def __init__(self, ledger: CommitVerbs) -> None:
        self._ledger = ledger

    def routes(self, admission: Admission) -> tuple[Route, ...]:
        """Its operations."""
        return (
            _upload(FILE_LIST, admission.create(self._take_file_list), FILE_LIST_LIMIT_BYTES),
            Route("POST", SEARCH_COMMITS, admission.create(self._search_commits)),
            _upload(PACKFILE, admission.create(self._take_pack), PACK_LIMIT_BYTES),
        )

    async def _take_file_list(self, request: Request, call: Call) -> Response:
        """202. The list would only serve to tell which service a file belongs to, which nothing asks yet: it is dropped."""
        parts = await read_upload(request, call, FILE_LIST_LIMIT_BYTES)
        event = _read_object(parts, "event")
        if event.get("type") != "repository":
            raise BadRequestError(Problem('only uploads of the type "repository" are taken; source maps are not kept', "/type"))
        _read_repository(event.get("git_repository_url"), "/git_repository_url")
        files = _find_part(parts, "repository")
        await call.compute(lambda: _check_object(files, "repository"), size=len(files))
        return _reply(HTTPStatus.ACCEPTED, {})

    async def _search_commits(self, request: Request, call: Call) -> Response:
        """200 with those of the commits that are known."""
        body = await read_json(request, call)
        repository = _read_repository(_member(_member(body, "meta"), "repository_url"), "/meta/repository_url")
        asked = _member(body, "data")
        commits = await call.compute(
            lambda: _read_commits(asked), size=COMMIT_LENGTH * len(asked) if isinstance(asked, list) else 0
        )
        known = await self._ledger.find_known_commits(call.grant.organization_id, repository, commits)
        meta = RepositoryOut(repository_url=to_clone_url(repository))
        return await call.compute(
            lambda: _reply(HTTPStatus.OK, KnownCommitsOut(meta=meta, data=[CommitOut(id=commit) for commit in known])),
            size=COMMIT_LENGTH * len(known),
        )

    async def _take_pack(self, request: Request, call: Call) -> Response:
        """204 once the pack is durable. What it holds is known later."""
        parts = await read_upload(request, call, PACK_LIMIT_BYTES)
        pushed = _read_object(parts, "pushedSha")
        repository = _read_repository(_member(_member(pushed, "meta"), "repository_url"), "/meta/repository_url")
        (head,) = _read_commits([_member(pushed, "data")])
        pack = parts.get("packfile")
        if pack is None:
            raise BadRequestError(Problem('the part "packfile" is required'))
        if len(pack) > PACK_LIMIT_BYTES:
            raise BadRequestError(Problem(f"the pack is larger than {PACK_LIMIT_BYTES} bytes"))
        await self._ledger.keep_pack(call.grant, repository, head, pack)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _upload(path: str, endpoint: Endpoint, content_limit_bytes: int) -> Route:
    return Route("POST", path, endpoint, body_limit_bytes=content_limit_bytes + FRAME_BYTES)


def _read_object(parts: dict[str, bytes], name: str) -> dict[str, Any]:
    """A small part that is a JSON object. Raises BadRequestError, UnwieldyJsonError."""
    content = _find_part(parts, name)
    if len(content) > FRAME_BYTES:
        raise BadRequestError(Problem(f'the part "{name}" is larger than {FRAME_BYTES} bytes'))
    try:
        value = decode_body(decode_text(content))
    except UnreadableJsonError:
        value = None
    if not isinstance(value, dict):
        raise _is_no_object(name)
    return value


def _find_part(parts: dict[str, bytes], name: str) -> bytes:
    """A part. Raises BadRequestError when there is none."""
    if name not in parts:
        raise BadRequestError(Problem(f'the part "{name}" is required'))
    return parts[name]


def _check_object(content: bytes, name: str) -> None:
    """Return when a large part is a JSON object. Nothing is made of what it holds. Raises BadRequestError."""
    try:
        _decode_members(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _is_no_object(name) from None


def _is_no_object(name: str) -> BadRequestError:
    return BadRequestError(Problem(f'the part "{name}" must be a JSON object'))


def _member(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _read_repository(value: object, pointer: str) -> str:
    """The canonical name, in which no user and no password is left. Raises BadRequestError."""
    name = read_clone_url(value) if isinstance(value, str) and len(value) <= URL_LIMIT else None
    if name is None:
        raise BadRequestError(Problem('"repository_url" must be the clone URL of a repository', pointer))
    return name


def _read_commits(value: object) -> list[str]:
    """The ids, each once and in lower case. Raises BadRequestError."""
    if not isinstance(value, list) or len(value) > COMMITS_LIMIT:
        raise BadRequestError(Problem(f'"data" must be an array of at most {COMMITS_LIMIT} commits', "/data"))
    commits: dict[str, None] = {}
    for number, item in enumerate(value):
        commit = _member(item, "id")
        if not isinstance(commit, str) or not _COMMIT.fullmatch(commit.lower()):
            raise BadRequestError(
                Problem('"id" must be the full id of a commit: 40 or 64 hexadecimal digits', f"/data/{number}/id")
            )
        commits[commit.lower()] = None
    return list(commits)


def _reply(status: int, body: object) -> Response:
    return Response(encode_json(body), status, media_type=_MEDIA_TYPE)
