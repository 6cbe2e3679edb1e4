"""The bodies of writes: which members they have, and what each must be. Pure.

Each function notes every wrong member in ``faults``; what it returns may be used only when there are none.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, UnsetType

from shipledger.protocols.opsgenie.reading import Reader
from shipledger.protocols.opsgenie.times import ZERO_TIME
from shipledger.protocols.opsgenie.vocabulary import RELEASE_TYPES, STATES, TIERS, VISIBILITIES, WORKSPACE_TYPES
from shipledger.protocols.opsgenie.wire import (
    CommitIn,
    CreateDeploymentIn,
    EnvironmentIn,
    ReleaseIn,
    RepositoryIn,
    ServiceIn,
    UpdateDeploymentIn,
    UpdateStateIn,
    WorkspaceIn,
)

NAME_LIMIT = 512
TEXT_LIMIT = 15_000
LINK_LIMIT = 4_096
SHA_LIMIT = 255
RELEASES_LIMIT = 500
SERVICE_NAME_LIMIT = 100
SERVICE_DESCRIPTION_LIMIT = 10_000
TAGS_LIMIT = 20

UPDATABLE = ("externalLink", "description", "message", "externalId", "startedAt")
NOTHING_TO_UPDATE = f"should have at least one of {', '.join(UPDATABLE)}"

_NO_ENVIRONMENT = EnvironmentIn(type="", id="", display_name=None)
_NO_REPOSITORY = RepositoryIn(workspace=WorkspaceIn(identifier="", type=""), repo_slug="")
_NO_COMMIT = CommitIn(sha="")


def read_create(body: Reader) -> CreateDeploymentIn:
    """The body of create."""
    return CreateDeploymentIn(
        state=body.required_choice("state", STATES),
        environment=_read_environment(body.required_object("environment")),
        started_at=body.required_time("startedAt") or ZERO_TIME,
        completed_at=body.time("completedAt"),
        message=body.text("message", limit=TEXT_LIMIT),
        external_id=body.text("externalId", limit=NAME_LIMIT),
        description=body.text("description", limit=TEXT_LIMIT),
        external_link=_read_link(body),
        releases=tuple([_read_release(release) for release in body.required_objects("releases", limit=RELEASES_LIMIT)]),
    )


def read_update_state(body: Reader) -> UpdateStateIn:
    """The body of update state."""
    return UpdateStateIn(
        state=body.required_choice("state", STATES),
        completed_at=body.required_time("completedAt", is_zero_accepted=True),
    )


def read_update(body: Reader) -> UpdateDeploymentIn:
    """The body of update."""
    if not body.has_any(*UPDATABLE, "reference"):
        body.fault("body", NOTHING_TO_UPDATE)
    link = body.text_or_unset("externalLink", limit=LINK_LIMIT)
    reference = body.text_or_unset("reference", limit=LINK_LIMIT)
    started_at: datetime | UnsetType = UNSET
    if body.has_any("startedAt"):
        started_at = body.required_time("startedAt") or UNSET
    return UpdateDeploymentIn(
        external_link=reference if link is UNSET else link,
        description=body.text_or_unset("description", limit=TEXT_LIMIT),
        message=body.text_or_unset("message", limit=TEXT_LIMIT),
        external_id=body.text("externalId", limit=NAME_LIMIT) or UNSET,
        started_at=started_at,
    )


def read_new_service(body: Reader) -> ServiceIn:
    """The body of a service's create: it must have a name."""
    return _read_service(body, body.required_text("name", limit=SERVICE_NAME_LIMIT))


def read_service_changes(body: Reader) -> ServiceIn:
    """The body of a service's update: any of its members."""
    is_named = body.has_any("name")
    return _read_service(body, body.required_text("name", limit=SERVICE_NAME_LIMIT) if is_named else UNSET)


def _read_environment(environment: Reader | None) -> EnvironmentIn:
    if environment is None:
        return _NO_ENVIRONMENT
    return EnvironmentIn(
        type=environment.required_choice("type", TIERS),
        id=environment.required_text("id", limit=NAME_LIMIT),
        display_name=environment.text("displayName", limit=NAME_LIMIT),
    )


def _read_link(body: Reader) -> str | None:
    """``externalLink`` in the page's table is ``reference`` in its samples."""
    link = body.text("externalLink", limit=LINK_LIMIT)
    reference = body.text("reference", limit=LINK_LIMIT)
    return reference if link is None else link


def _read_release(release: Reader) -> ReleaseIn:
    kind = release.choice("type", RELEASE_TYPES, default="bbc")
    repository = release.required_object("repository")
    commit = release.required_object("commit")
    return ReleaseIn(
        type=kind,
        repository=_NO_REPOSITORY if repository is None else _read_repository(repository),
        commit=_NO_COMMIT if commit is None else CommitIn(sha=commit.required_text("sha", limit=SHA_LIMIT)),
    )


def _read_repository(repository: Reader) -> RepositoryIn:
    return RepositoryIn(workspace=_read_workspace(repository), repo_slug=repository.required_text("repoSlug", limit=NAME_LIMIT))


def _read_workspace(repository: Reader) -> WorkspaceIn:
    """An object, or the plain string that get answers in its place."""
    workspace = repository.text_or_object("workspace")
    if workspace is None:
        return _NO_REPOSITORY.workspace
    if isinstance(workspace, str):
        return WorkspaceIn(identifier=repository.check_text("workspace", workspace, limit=NAME_LIMIT), type="name")
    return WorkspaceIn(
        identifier=workspace.required_text("identifier", limit=NAME_LIMIT),
        type=workspace.choice("type", WORKSPACE_TYPES, default="name"),
    )


def _read_service(body: Reader, name: str | UnsetType) -> ServiceIn:
    has_visibility = body.has_any("visibility")
    return ServiceIn(
        name=name,
        description=body.text_or_unset("description", limit=SERVICE_DESCRIPTION_LIMIT),
        team_id=body.text_or_unset("teamId", limit=NAME_LIMIT),
        visibility=body.choice("visibility", VISIBILITIES, default="") if has_visibility else UNSET,
        tags=body.texts("tags", limit=TAGS_LIMIT, item_limit=NAME_LIMIT),
    )
