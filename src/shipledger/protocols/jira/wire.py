"""Bodies as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class PipelineIn(Struct, frozen=True):
    """What runs deployments. ``id`` is unique for the provider."""

    id: str
    display_name: str
    url: str


class EnvironmentIn(Struct, frozen=True):
    """Where a deployment goes. ``type`` is one of five words."""

    id: str
    display_name: str
    type: str


class AssociationIn(Struct, frozen=True):
    """The known values of one kind of association, merged and without repeats; ``type`` as it was sent."""

    type: str
    values: tuple[Any, ...]


class DeploymentIn(Struct, frozen=True):
    """One deployment of a submit request. ``issue_keys`` and ``associations`` hold only what is known."""

    sequence_number: int
    update_number: int
    issue_keys: tuple[str, ...]
    associations: tuple[AssociationIn, ...]
    display_name: str
    url: str
    description: str
    last_updated: datetime
    state: str
    pipeline: PipelineIn
    environment: EnvironmentIn
    label: str | None
    duration: float | None
    email: str | None
    commands: tuple[str, ...]


class KeyOut(Struct, frozen=True, rename="camel"):
    """What identifies a deployment."""

    pipeline_id: str
    environment_id: str
    deployment_sequence_number: int


class ErrorOut(Struct, frozen=True, rename="camel"):
    """One thing that is wrong."""

    message: str


class RejectedOut(Struct, frozen=True, rename="camel"):
    """A deployment that was refused, and why."""

    key: KeyOut
    errors: list[ErrorOut]


class UnknownAssociationOut(Struct, frozen=True, rename="camel"):
    """The unknown values of one kind of association, as they were sent."""

    association_type: str
    values: list[Any]


class SubmitOut(Struct, frozen=True, rename="camel"):
    """The answer to submit. All four lists are always there."""

    accepted_deployments: list[KeyOut]
    rejected_deployments: list[RejectedOut]
    unknown_issue_keys: list[str]
    unknown_associations: list[UnknownAssociationOut]


class NamedOut(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A pipeline, with its URL, or an environment, with its type."""

    id: str
    display_name: str
    url: str | UnsetType = UNSET
    type: str | UnsetType = UNSET


class AssociationOut(Struct, frozen=True, rename="camel"):
    """Associations of one kind."""

    association_type: str
    values: tuple[Any, ...]


class DeploymentOut(Struct, frozen=True, rename="camel"):
    """The answer of get by key. What was not sent is left out."""

    deployment_sequence_number: int
    update_sequence_number: int
    display_name: str
    url: str
    description: str
    last_updated: str
    state: str
    pipeline: NamedOut
    environment: NamedOut
    schema_version: str
    issue_keys: tuple[str, ...] | UnsetType = UNSET
    associations: tuple[AssociationOut, ...] | UnsetType = UNSET
    label: str | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    triggered_by: dict[str, str] | UnsetType = UNSET
    commands: tuple[dict[str, str], ...] | UnsetType = UNSET


class GatingStatusOut(Struct, frozen=True, rename="camel"):
    """The answer of gating status. ``details`` is empty without a gate, never null."""

    deployment_sequence_number: int
    pipeline_id: str
    environment_id: str
    updated_timestamp: str
    gating_status: str
    details: list[dict[str, str]]


class GatewayErrorOut(Struct, frozen=True):
    """401 and 403 under the gateway's prefixes."""

    code: int
    message: str


class TokenOut(Struct, frozen=True):
    """An access token."""

    access_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105  a kind of token
    scope: str = "manage:jira-data-provider"


class TokenErrorOut(Struct, frozen=True):
    """Why there is no access token."""

    error: str
    error_description: str


class TenantInfoOut(Struct, frozen=True, rename="camel"):
    """The id by which the gateway's prefixes address an organization."""

    cloud_id: str
