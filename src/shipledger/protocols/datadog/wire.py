"""Bodies as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType


class GitIn(Struct, frozen=True):
    """``repository`` is the canonical name; the commit is in lower case."""

    repository: str
    commit_sha: str


class CreateDeploymentIn(Struct, frozen=True):
    """The attributes of a create. None was not sent."""

    service: str
    started_at: datetime
    finished_at: datetime
    env: str | None
    git: GitIn | None
    id: str | None
    team: str | None
    version: str | None
    custom_tags: tuple[str, ...] | None


class CreateFailureIn(Struct, frozen=True):
    """The attributes of a failure. None was not sent; without ``finished_at`` it is not over."""

    services: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None
    env: str | None
    git: GitIn | None
    id: str | None
    name: str | None
    severity: str | None
    team: str | None
    version: str | None
    custom_tags: tuple[str, ...] | None


class RemediationIn(Struct, frozen=True):
    """How a failure was remedied: by the deployment with this id or this version."""

    type: str
    id: str | None
    version: str | None


class PatchIn(Struct, frozen=True):
    """The attributes of a patch. UNSET was not sent; None takes the mark away."""

    change_failure: bool | None | UnsetType
    remediation: RemediationIn | None


class PatchByVersionIn(Struct, frozen=True):
    """A patch, and the deployment that it is for."""

    service: str
    env: str
    version: str
    patch: PatchIn


class ListIn(Struct, frozen=True):
    """The attributes of a list."""

    started_from: datetime | None
    started_until: datetime | None
    limit: int
    query: str
    sort: str


class GitOut(Struct, frozen=True):
    """All three members, always: versions of the clients differ in which one they need."""

    commit_sha: str
    repository_id: str
    repository_url: str


class DeploymentAttributesOut(Struct, frozen=True):
    """What is absent is left out."""

    service: str
    started_at: str | int
    finished_at: str | int | UnsetType = UNSET
    env: str | UnsetType = UNSET
    team: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    git: GitOut | UnsetType = UNSET
    custom_tags: tuple[str, ...] | UnsetType = UNSET
    change_failure: bool | None | UnsetType = UNSET
    deployment_type: str | UnsetType = UNSET
    remediation: dict[str, str] | UnsetType = UNSET
    recovery_time: int | UnsetType = UNSET


class FailureAttributesOut(Struct, frozen=True):
    """What is absent is left out."""

    started_at: str | int
    finished_at: str | int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    severity: str | UnsetType = UNSET
    env: str | UnsetType = UNSET
    team: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    git: GitOut | UnsetType = UNSET
    custom_tags: tuple[str, ...] | UnsetType = UNSET


class ObjectOut(Struct, frozen=True):
    """An object of JSON:API."""

    id: str
    type: str
    attributes: object = UNSET


class DataOut(Struct, frozen=True):
    """An answer with data."""

    data: object


class SourceOut(Struct, frozen=True):
    """Which member is to blame."""

    pointer: str


class ErrorItemOut(Struct, frozen=True):
    """One fault."""

    status: str
    title: str
    detail: str
    source: SourceOut | UnsetType = UNSET


class ErrorsOut(Struct, frozen=True):
    """An error: faults on 400, 404 and 5xx, plain texts on 403, 405 and 429."""

    errors: list[ErrorItemOut] | list[str]


class ValidOut(Struct, frozen=True):
    """The key is good."""

    valid: bool
