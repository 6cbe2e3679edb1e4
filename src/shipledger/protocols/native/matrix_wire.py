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


class CellOut(Struct, frozen=True, kw_only=True):
    """What runs of a service in an environment, or ran at the moment asked for.

    ``id`` to ``since`` are of that deployment: ``state`` as it was then, ``since`` when it came to run. ``commit``: of the
    service's repository, else the first of ``releases``. ``actor``, ``person`` and ``actor_from``: see DeploymentOut.
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


class MatrixOut(Struct, frozen=True):
    """A page of the matrix, by service and environment. ``at``: the moment that was asked for, null for now."""

    at: str | None
    cells: tuple[CellOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET
