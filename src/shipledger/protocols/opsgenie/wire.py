"""Bodies as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType


class EnvironmentIn(Struct, frozen=True, rename="camel"):
    """Where a deployment goes. ``display_name`` is None when it was absent or empty."""

    type: str
    id: str
    display_name: str | None


class WorkspaceIn(Struct, frozen=True, rename="camel"):
    """A Bitbucket workspace, by name or by UUID."""

    identifier: str
    type: str


class RepositoryIn(Struct, frozen=True, rename="camel"):
    """A repository of a workspace, by slug or by UUID in braces."""

    workspace: WorkspaceIn
    repo_slug: str


class CommitIn(Struct, frozen=True, rename="camel"):
    """A commit. ``sha`` is whatever the sender calls it."""

    sha: str


class ReleaseIn(Struct, frozen=True, rename="camel"):
    """One commit of one repository."""

    type: str
    repository: RepositoryIn
    commit: CommitIn


class CreateDeploymentIn(Struct, frozen=True, rename="camel"):
    """The body of create. Times are read; None is absent. ``external_link`` may have been sent as ``reference``."""

    state: str
    environment: EnvironmentIn
    started_at: datetime
    completed_at: datetime | None
    message: str | None
    external_id: str | None
    description: str | None
    external_link: str | None
    releases: tuple[ReleaseIn, ...]


class UpdateStateIn(Struct, frozen=True, rename="camel"):
    """The body of update state. ``completed_at`` is None for the zero time."""

    state: str
    completed_at: datetime | None


class UpdateDeploymentIn(Struct, frozen=True, rename="camel"):
    """The body of update. UNSET leaves a text as it is, ``""`` clears it; ``external_id`` cannot be cleared."""

    external_link: str | UnsetType
    description: str | UnsetType
    message: str | UnsetType
    external_id: str | UnsetType
    started_at: datetime | UnsetType


class ServiceIn(Struct, frozen=True, rename="camel"):
    """The body of a service's create or update. UNSET was not sent."""

    name: str | UnsetType
    description: str | UnsetType
    team_id: str | UnsetType
    visibility: str | UnsetType
    tags: tuple[str, ...] | UnsetType


class CommitOut(Struct, frozen=True, rename="camel"):
    """A commit."""

    sha: str


class RepositoryOut(Struct, frozen=True, rename="camel"):
    """A repository. ``workspace`` is a plain string in answers."""

    repo_slug: str
    workspace: str


class ReleaseOut(Struct, frozen=True, rename="camel"):
    """One commit of one repository."""

    commit: CommitOut
    type: str
    repository: RepositoryOut


class EnvironmentOut(Struct, frozen=True, rename="camel"):
    """An environment in the answer of get: the keys of the vendor's page, and those that the Go client reads."""

    environment_type: str
    identifier: str
    display_name: str
    type: str
    id: str


class FoundEnvironmentOut(Struct, frozen=True, rename="camel"):
    """An environment in the answer of search: the keys of create."""

    type: str
    id: str
    display_name: str


class DeploymentOut(Struct, frozen=True, rename="camel", kw_only=True):
    """The answer of get, in the order of the vendor's page.

    The page's answers have no ``description`` and no ``external_link``; the last four members are those of deployments of
    Bitbucket Pipelines.
    """

    id: str
    external_id: str
    state: str
    environment: EnvironmentOut
    type: str
    started_at: str
    completed_at: str | UnsetType = UNSET
    releases: list[ReleaseOut]
    message: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    external_link: str | UnsetType = UNSET
    created_on: str | UnsetType = UNSET
    fullname: str | UnsetType = UNSET
    deployable_name: str | UnsetType = UNSET
    commit_message: str | UnsetType = UNSET


class FoundDeploymentOut(Struct, frozen=True, rename="camel", kw_only=True):
    """One row of the answer of search, in the order of the vendor's page."""

    id: str
    external_id: str
    type: str
    state: str
    started_at: str
    completed_at: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    environment: FoundEnvironmentOut


class RequestStatusOut(Struct, frozen=True, rename="camel"):
    """What became of a write. ``deployment_id`` is empty when it failed."""

    action: str
    processed_at: str
    is_success: bool
    status: str
    deployment_id: str


class LinksOut(Struct, frozen=True, rename="camel"):
    """Where a service is found."""

    web: str
    api: str


class ServiceOut(Struct, frozen=True, rename="camel"):
    """A service: every member is always there."""

    id: str
    name: str
    description: str
    visibility: str
    team_id: str
    tags: tuple[str, ...]
    links: LinksOut
    is_external: bool = False


class NamedServiceOut(Struct, frozen=True, rename="camel"):
    """What the writes of services answer."""

    id: str
    name: str


class PagingOut(Struct, frozen=True, rename="camel", kw_only=True):
    """Links to pages. ``next`` is left out on the last page: clients end on its absence."""

    next: str | UnsetType = UNSET
    prev: str | UnsetType = UNSET
    first: str
    last: str


class AcceptedOut(Struct, frozen=True, rename="camel"):
    """The answer to an accepted write."""

    result: str = "Request will be processed"


class PongOut(Struct, frozen=True, rename="camel"):
    """The answer to a ping."""

    result: str = "PONG - Heartbeat received"


class DataOut(Struct, frozen=True, rename="camel"):
    """An answer with data, in the member where clients look for it."""

    data: object


class ServicePageOut(Struct, frozen=True, rename="camel"):
    """A page of services."""

    data: list[ServiceOut]
    paging: PagingOut
    total_count: int


class ServiceResultOut(Struct, frozen=True, rename="camel"):
    """The answer to a write of a service."""

    result: str
    data: NamedServiceOut | UnsetType = UNSET


class AudienceRespondersOut(Struct, frozen=True, rename="camel"):
    """Who is called to incidents of a service."""

    teams: tuple[str, ...] = ()
    individuals: tuple[str, ...] = ()


class AudienceStakeholdersOut(Struct, frozen=True, rename="camel"):
    """Who is told of incidents of a service."""

    individuals: tuple[str, ...] = ()
    condition_match_type: str = "match-any-condition"
    conditions: tuple[str, ...] = ()


class AudienceOut(Struct, frozen=True, rename="camel"):
    """The audience template of a service."""

    responder: AudienceRespondersOut = AudienceRespondersOut()
    stakeholder: AudienceStakeholdersOut = AudienceStakeholdersOut()


class IncidentTemplatesOut(Struct, frozen=True, rename="camel"):
    """Incident templates, in the member where clients look for them."""

    incident_templates: tuple[str, ...] = ()


class TemplatePageOut(Struct, frozen=True, rename="camel"):
    """A page of incident templates."""

    data: IncidentTemplatesOut
    paging: PagingOut


class ErrorOut(Struct, frozen=True, rename="camel", kw_only=True):
    """Any error. ``errors`` maps fields to one text each, never to lists: the Go client reads exactly that."""

    code: int | UnsetType = UNSET
    message: str
    errors: dict[str, str] | UnsetType = UNSET
