"""The matrix as it is on the wire."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from shipledger.protocols.native.past import KnowledgeOut
from shipledger.protocols.native.wire import DeployerOut, ReleaseOut


class RanOut(Struct, frozen=True, kw_only=True):
    """A deployment that ran before. ``since``: when it came to run. ``commit``: of the service's repository."""

    id: str
    external_id: str
    commit: str | None
    version: str | None
    since: str


class LaterOut(Struct, frozen=True, kw_only=True):
    """The newest deployment after what runs that did not come to run: it is under way, failed, or ended otherwise.

    ``at``: when it became what it is, or began if it is under way.
    """

    id: str
    external_id: str
    state: str
    at: str
    commit: str | None
    version: str | None


class CellOut(Struct, frozen=True, kw_only=True):
    """What runs of a service in an environment, or ran at the moment asked for.

    ``id`` to ``since`` are of that deployment: ``state`` as it was then, ``since`` when it came to run. ``commit``: of the
    service's repository, else the first of ``releases``. ``actor``, ``person`` and ``actor_from``: see DeploymentOut.

    ``behind_of``: the environment in the next lower tier, whose commits this one lacks: so many, which name so many issues.
    ``ahead_commits`` has this one alone. null: not known, for ``behind_reason``, which is also there where they are at least so
    many. ``later``: null at another moment than now.
    """

    service: str
    service_id: str
    team: str | None
    environment: str | None
    environment_name: str | None
    tier: str | None
    id: str
    external_id: str
    commit: str | None
    version: str | None
    state: str
    since: str
    actor: str | None
    releases: tuple[ReleaseOut, ...]
    before: RanOut | None
    person: DeployerOut | None
    actor_from: str | None
    later: LaterOut | None
    behind_of: str | None
    behind_commits: int | None
    behind_issues: int | None
    ahead_commits: int | None
    behind_reason: str | None


class IdleOut(Struct, frozen=True, kw_only=True):
    """A service in an environment where nothing has come to run yet, and the newest deployment to it."""

    service: str
    service_id: str
    team: str | None
    environment: str | None
    environment_name: str | None
    tier: str | None
    later: LaterOut


class MatrixOut(Struct, frozen=True):
    """A page of the matrix, by service and environment. ``at``: the moment that was asked for, null for now.

    ``idle``: where nothing runs yet.
    """

    at: str | None
    idle: tuple[IdleOut, ...]
    cells: tuple[CellOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET
