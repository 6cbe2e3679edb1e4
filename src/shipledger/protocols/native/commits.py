"""Tell of commits, ask which are missing, and read what a deployment brought in."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.stored_range import SHORTEST_ID
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.errors import NotFound
from shipledger.ledger.identity import order_of
from shipledger.protocols.contract import Route
from shipledger.protocols.native.bodies import SHOULD_NAME_A_REPOSITORY
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.commit_answers import to_commits
from shipledger.protocols.native.commit_bodies import SentCommit, read_commits, read_ids
from shipledger.protocols.native.faults import not_authenticated
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.reading import SHOULD_BE_PROVIDED
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import CommitsOut, MissingOut, RangeOut
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.commits import CommitVerbs

PATH = f"{PREFIX}/commits"
RANGE_PARAMETERS = ("repository", "commit", "before", "limit")
RANGE_DEFAULT = 1_000
RANGE_MAX = 5_000
MOST_OF_AN_ID = 64


class Verbs(CallVerbs, CommitVerbs, Protocol):
    """What is asked of the ledger here."""


class CommitOperations:
    """The operations on commits. They are kept at once: nobody decides on a commit, so there is no receipt."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", PATH, admit(Scope.WRITE, self._keep), base=PREFIX),
            Route("POST", f"{PATH}/missing", admit(Scope.WRITE, self._list_missing), base=PREFIX),
            Route("GET", f"{PATH}/range", admit(Scope.READ, self._read_range), base=PREFIX),
        )

    async def _keep(self, request: Request, grant: Grant) -> Response:
        """200 once they are durable. A later telling of the same commit by the same token replaces the earlier one."""
        text = await read_text(request)
        organization_id = grant.organization_id
        commits = await self._ledger.compute(organization_id, lambda: read_commits(organization_id, text), size=len(text))
        request_id = self._ledger.new_request_id()
        try:
            await self._ledger.keep_told(_to_told(grant, commits, order_of(request_id)))
        except NotFound:  # the credential was deleted while its request was under way
            raise not_authenticated() from None
        return reply(request_id, HTTPStatus.OK, CommitsOut(request_id=request_id, kept=len(commits)))

    async def _list_missing(self, request: Request, grant: Grant) -> Response:
        """Those of some commits whose parents the ledger does not know."""
        text = await read_text(request)
        repository, ids = await self._ledger.compute(grant.organization_id, lambda: read_ids(text), size=len(text))
        known = await self._ledger.find_commits_in_graph(grant.organization_id, repository, ids)
        missing = tuple(one for one in dict.fromkeys(ids) if one not in known)
        request_id = self._ledger.new_request_id()
        return reply(request_id, HTTPStatus.OK, MissingOut(repository=repository, missing=missing))

    async def _read_range(self, request: Request, grant: Grant) -> Response:
        parameters = Parameters(request.query_params, RANGE_PARAMETERS)
        repository = _read_repository(parameters)
        commit_id = parameters.text("commit", least=SHORTEST_ID, limit=MOST_OF_AN_ID)
        if not commit_id:
            parameters.faults.setdefault("commit", SHOULD_BE_PROVIDED)
        before = parameters.text("before", least=SHORTEST_ID, limit=MOST_OF_AN_ID)
        limit = parameters.number("limit", default=RANGE_DEFAULT, maximum=RANGE_MAX)
        parameters.check()
        read = await self._ledger.read_commit_range(grant.organization_id, repository, commit_id, before or None, limit=limit)
        answer = RangeOut(
            repository=repository,
            reason=read.range.reason,
            brought_in_count=len(read.range.brought_in),
            taken_out_count=len(read.range.taken_out),
            brought_in=to_commits(read.range.brought_in[:limit], read.brought_in),
            taken_out=to_commits(read.range.taken_out[:limit], read.taken_out),
            gaps=read.range.gaps,
        )
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer)


def _read_repository(parameters: Parameters) -> str:
    sent = parameters.text("repository")
    if not sent:
        parameters.faults.setdefault("repository", SHOULD_BE_PROVIDED)
        return ""
    repository = read_clone_url(sent)
    if repository is None:
        parameters.faults.setdefault("repository", SHOULD_NAME_A_REPOSITORY)
    return repository or ""


def _to_told(grant: Grant, commits: Sequence[SentCommit], number: int) -> list[tuple[ToldRepository, list[ToldCommit]]]:
    """By repository. Of a commit that is there twice, the last one is kept."""
    by_repository: dict[str, dict[str, ToldCommit]] = {}
    for one in commits:
        by_repository.setdefault(one.repository, {})[one.commit_id] = ToldCommit(one.commit_id, number, one.telling)
    return [
        (
            ToldRepository(
                organization_id=grant.organization_id,
                credential_id=grant.credential_id,
                remote_id=repository,
                repository=repository,
                name=repository,
                url="",
                update_sequence=number,
            ),
            list(told.values()),
        )
        for repository, told in sorted(by_repository.items())
    ]
