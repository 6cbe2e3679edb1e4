"""What a deployment changed, against what ran before it in its lane."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Target
from shipledger.ledger.titles import title_of
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.commit_answers import to_commit
from shipledger.protocols.native.describing import ID, operation, query
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.pull_request_wire import PullRequestOut
from shipledger.protocols.native.pull_requests import to_pull_request
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import CommitOut
from shipledger.protocols.times import format_known_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.changes import ChangedCommit, ChangedRepository, Changes
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.pull_requests import PullRequestVerbs

CHANGES = f"{PREFIX}/deployments/{{id}}/changes"
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000


class Verbs(CallVerbs, DeploymentVerbs, PullRequestVerbs, Protocol):
    """What is asked of the ledger here."""


class NeighbourOut(Struct, frozen=True):
    """A deployment of the same lane."""

    id: str
    external_id: str
    display_title: str
    state: str
    started_at: str | None


class LaneOut(Struct, frozen=True):
    """What stands next to a deployment in its lane, whatever became of it; null where nothing does."""

    previous: NeighbourOut | None
    next: NeighbourOut | None


class ChangedCommitOut(CommitOut, frozen=True, kw_only=True):
    """A commit, with the keys of issues that its message names."""

    issues: tuple[str, ...] = ()


class ChangedRepositoryOut(Struct, frozen=True, kw_only=True):
    """What a deployment brought in and took out of one repository, the newest commits of each side first.

    ``reason`` and ``gaps`` are those of a range of commits. ``deployment_before`` ran before; null where nothing did.
    """

    repository: str
    commit: str
    commit_before: str | None
    deployment_before: NeighbourOut | None
    reason: str
    brought_in_count: int
    taken_out_count: int
    brought_in: tuple[ChangedCommitOut, ...]
    taken_out: tuple[ChangedCommitOut, ...]
    gaps: tuple[str, ...]


class ChangesOut(Struct, frozen=True):
    """What a deployment changed. ``issues`` and ``authors`` are of the listed commits that it brought in."""

    lane: LaneOut
    repositories: tuple[ChangedRepositoryOut, ...]
    issues: tuple[str, ...]
    authors: tuple[str, ...]
    pull_requests: tuple[PullRequestOut, ...]


class ChangeOperations:
    """The operation."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        return (Route("GET", CHANGES, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        parameters = Parameters(request.query_params, ("limit",))
        limit = parameters.number("limit", default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        parameters.check()
        target = Target(key=bare_uuid(request.path_params["id"]).lower())
        deployment = await self._ledger.find_deployment(grant.organization_id, target)
        if deployment is None or deployment.is_removed:
            raise not_found("deployment")
        changes = await self._ledger.find_changes(deployment, limit=limit)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_changes(changes))


def to_changes(changes: Changes) -> ChangesOut:
    """Changes as they are answered, here and by commands."""
    return ChangesOut(
        lane=LaneOut(_to_neighbour(changes.lane.previous), _to_neighbour(changes.lane.next)),
        repositories=tuple(map(_to_repository, changes.repositories)),
        issues=changes.issues,
        authors=changes.authors,
        pull_requests=tuple(map(to_pull_request, changes.pull_requests)),
    )


def change_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes it."""
    limit = query("limit", f"At most so many commits of each side, of all repositories together: {DEFAULT_LIMIT} by default.")
    answer = "Its commits, issues, authors and pull requests, and what stands next to it in its lane."
    summary = "Get what a deployment changed"
    return {
        CHANGES: {"get": operation(summary, {200: (answer, ChangesOut)}, errors=(404, 422), parameters=(ID, limit))},
    }


def _to_repository(one: ChangedRepository) -> ChangedRepositoryOut:
    found = one.range.range
    return ChangedRepositoryOut(
        repository=one.range.repository,
        commit=one.range.commit,
        commit_before=one.range.commit_before,
        deployment_before=_to_neighbour(one.range.before),
        reason=found.reason,
        brought_in_count=len(found.brought_in),
        taken_out_count=len(found.taken_out),
        brought_in=tuple(map(to_changed_commit, one.brought_in)),
        taken_out=tuple(map(to_changed_commit, one.taken_out)),
        gaps=found.gaps,
    )


def to_changed_commit(one: ChangedCommit) -> ChangedCommitOut:
    """A commit as it is answered."""
    known = to_commit(one.commit_id, one.commit)
    values = {name: getattr(known, name) for name in CommitOut.__struct_fields__}
    return ChangedCommitOut(**{**values, "author_name": one.author or None}, issues=one.issue_keys)


def _to_neighbour(one: Deployment | None) -> NeighbourOut | None:
    if one is None:
        return None
    return NeighbourOut(one.deployment_id, one.external_id, title_of(one), one.shown_state, format_known_time(one.started_at))
