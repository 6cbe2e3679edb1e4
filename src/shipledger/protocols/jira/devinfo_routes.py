"""The operations of the Development Information API. What it tells of commits is kept; authors' addresses as hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.errors import NotFound
from shipledger.ledger.authors import hash_address
from shipledger.protocols.contract import Route
from shipledger.protocols.jira.call import Admission
from shipledger.protocols.jira.checking import read_int64
from shipledger.protocols.jira.descriptor import DEVELOPMENT
from shipledger.protocols.jira.devinfo import KINDS, MERGE, DevinfoIn, RepositoryIn, answer_devinfo, read_devinfo
from shipledger.protocols.jira.faults import fault_of_status, has_no_data, is_not_readable, not_authenticated, to_json
from shipledger.protocols.jira.judging import Judge
from shipledger.protocols.jira.prefixes import prefixes_of
from shipledger.protocols.jira.requests import read_query_properties, read_text
from shipledger.protocols.jira.vocabulary import MAX_INT64
from shipledger.protocols.router import decode_segment
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.commits import CommitVerbs

ENTITIES_SHOWN = 400
ENTITY_KINDS = ("commit", "branch", "pull_request")
ENTITY_PARTS = 3
NO_REPOSITORY = "No data found for the given repository id"
UPDATE_SEQUENCE = "_updateSequenceId"
NUMBER_FAULT = f"'{UPDATE_SEQUENCE}' must be an integer"

_WORDS = {kind: word for word, kind in KINDS.items()}


class Verbs(CallVerbs, CommitVerbs, Protocol):
    """What is asked of the ledger here."""


class DevinfoOperations:
    """Submit, read and delete, under every prefix. The gateway knows this API by another version."""

    def __init__(self, ledger: Verbs, admission: Admission, judge: Judge, *, body_limit_bytes: int) -> None:
        self._ledger = ledger
        self._admission = admission
        self._judge = judge
        self._body_limit_bytes = body_limit_bytes

    def routes(self) -> Iterator[Route]:
        """Its operations."""
        submit, exists, read, delete, delete_by_properties = (
            self._admission.endpoint(scope, step, module=DEVELOPMENT)
            for scope, step in (
                (Scope.WRITE, self._submit),
                (Scope.READ, self._exists),
                (Scope.READ, self._read),
                (Scope.DELETE, self._delete),
                (Scope.DELETE, self._delete_by_properties),
            )
        )
        older = prefixes_of("devinfo", "0.10")
        for prefix in dict.fromkeys((*prefixes_of("devinfo", "0.10", gateway_version="0.1"), *older)):
            yield Route("POST", f"{prefix}/bulk", submit, base=prefix, body_limit_bytes=self._body_limit_bytes)
            yield Route("DELETE", f"{prefix}/bulkByProperties", delete_by_properties, base=prefix)
            yield Route("GET", f"{prefix}/existsByProperties", exists, base=prefix)
            yield Route("GET", f"{prefix}/repository/{{key...}}", read, base=prefix)
            yield Route("DELETE", f"{prefix}/repository/{{key...}}", delete, base=prefix)

    async def _submit(self, request: Request, grant: Grant) -> Response:
        text = await read_text(request, self._body_limit_bytes)
        body, _ = await self._judge.read(grant, text, read_devinfo)
        headers = {"X-Request-Id": self._ledger.new_request_id()}

        def translate() -> tuple[list[tuple[ToldRepository, list[ToldCommit]]], Response]:
            told = [_to_told(grant, one, body) for one in body.repositories if not one.errors]
            return told, to_json(HTTPStatus.ACCEPTED, answer_devinfo(body), headers)

        told, answer = await self._ledger.compute(grant.organization_id, translate, size=len(text))
        if told:
            try:
                await self._ledger.keep_told(told)
            except NotFound:  # the credential was deleted while its request was under way
                raise not_authenticated() from None
        return answer

    async def _read(self, request: Request, grant: Grant) -> Response:
        repository = await self._find(grant, _read_path(request, parts=1)[0])
        if repository is None:
            raise has_no_data(NO_REPOSITORY)
        commits = await self._ledger.list_told_commits(repository, limit=ENTITIES_SHOWN)
        return await self._ledger.compute(
            grant.organization_id,
            lambda: to_json(HTTPStatus.OK, _to_answer(repository, commits)),
            size=sum(len(one.telling.message) for one in commits),
        )

    async def _exists(self, request: Request, grant: Grant) -> Response:
        found = await self._find_by_properties(grant, request)
        until = _read_until(request)
        is_there = any(one.update_sequence <= until for one in found)
        return to_json(HTTPStatus.OK, {"hasDataMatchingProperties": is_there})

    async def _delete(self, request: Request, grant: Grant) -> Response:
        """Of a repository, or of one thing in it. Branches and pull requests are not kept, so there is nothing to forget."""
        parts = _read_path(request, parts=ENTITY_PARTS)
        until = _read_until(request)
        repository = await self._find(grant, parts[0])
        if repository is not None and len(parts) == 1:
            await self._ledger.forget_told(repository, until=until)
        elif repository is not None and parts[1] == "commit":
            await self._ledger.forget_told(repository, commit_id=parts[2].lower(), until=until)
        return Response(status_code=HTTPStatus.ACCEPTED)

    async def _delete_by_properties(self, request: Request, grant: Grant) -> Response:
        """The retired ``_updateSequenceId`` is ignored here."""
        for repository in await self._find_by_properties(grant, request):
            await self._ledger.forget_told(repository, until=MAX_INT64)
        return Response(status_code=HTTPStatus.ACCEPTED)

    async def _find(self, grant: Grant, remote_id: str) -> ToldRepository | None:
        found = await self._ledger.list_told_repositories(grant, remote_id=remote_id)
        return found[0] if found else None

    async def _find_by_properties(self, grant: Grant, request: Request) -> Sequence[ToldRepository]:
        """Those that have all properties of the query; none when one has two values."""
        wanted = set(read_query_properties(request))
        return [one for one in await self._ledger.list_told_repositories(grant) if wanted <= set(one.properties.items())]


def _to_told(grant: Grant, sent: RepositoryIn, body: DevinfoIn) -> tuple[ToldRepository, list[ToldCommit]]:
    repository = ToldRepository(
        organization_id=grant.organization_id,
        credential_id=grant.credential_id,
        remote_id=sent.id,
        repository=read_clone_url(sent.url) or sent.id,
        name=sent.name,
        url=sent.url,
        update_sequence=sent.update_sequence,
        properties=body.properties,
    )
    commits = [
        ToldCommit(
            commit_id=one.commit_id,
            update_sequence=one.update_sequence,
            telling=replace(one.telling, author_hash=hash_address(grant.organization_id, one.email)),
        )
        for one in sent.kept_commits
    ]
    return repository, commits


def _to_answer(repository: ToldRepository, commits: Sequence[ToldCommit]) -> dict[str, Any]:
    return {
        "id": repository.remote_id,
        "name": repository.name,
        "url": repository.url,
        "updateSequenceId": repository.update_sequence,
        "commits": [_to_commit(one) for one in commits],
        "branches": [],
        "pullRequests": [],
    }


def _to_commit(commit: ToldCommit) -> dict[str, Any]:
    telling = commit.telling
    files = [
        {
            "path": one.path,
            "changeType": _WORDS[one.kind],
            "linesAdded": one.lines_added or 0,
            "linesRemoved": one.lines_removed or 0,
        }
        for one in telling.files
    ]
    return {
        "id": commit.commit_id,
        "issueKeys": telling.issue_keys,
        "updateSequenceId": commit.update_sequence,
        "flags": [MERGE] if telling.is_merge else [],
        "message": telling.message,
        "author": {"name": telling.author_name} if telling.author_name else {},
        "fileCount": len(files) if telling.file_count is None else telling.file_count,
        "url": telling.url,
        "files": files,
        "authorTimestamp": format_time(telling.authored_at),
        "displayId": telling.display_id or commit.commit_id[:7],
    }


def _read_path(request: Request, *, parts: int) -> list[str]:
    """The id of a repository, and with it the kind and the id of what is in it where ``parts`` allows. Raises Fault."""
    found = [decode_segment(segment) for segment in request.path_params["key"].split("/")]
    is_known = len(found) == 1 or (len(found) == parts and found[1] in ENTITY_KINDS)
    if not is_known or not all(found):
        raise fault_of_status(HTTPStatus.NOT_FOUND)
    return found


def _read_until(request: Request) -> int:
    """Up to which number of updates. Raises Fault."""
    sent = request.query_params.get(UPDATE_SEQUENCE, "")
    until = MAX_INT64 if not sent else read_int64(sent)
    if until is None:
        raise is_not_readable((NUMBER_FAULT,))
    return until
