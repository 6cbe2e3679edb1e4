"""Marks as they are on the wire."""

from __future__ import annotations

from msgspec import Struct


class ActorOut(Struct, frozen=True):
    """Who said something: the id of a credential or a person, or the name of a duty, a command or a migration."""

    kind: str
    id: str


class MarkingOut(Struct, frozen=True):
    """Who said a mark last, and when; null for an entry of a version that did not keep who it was."""

    at: str
    actor: ActorOut | None


class RemediationOut(Struct, frozen=True):
    """The deployment that remedied another; ``deployment`` is null where only a version was named."""

    deployment: str | None
    type: str | None
    version: str | None


class DeploymentMarksOut(Struct, frozen=True, kw_only=True):
    """What was said by hand of a deployment; null where nothing was, or it was withdrawn."""

    change_failure: bool | None
    unplanned: bool | None
    remediation: RemediationOut | None
    note: str | None


class CauseOut(Struct, frozen=True):
    """A commit that is named as a cause."""

    repository: str
    commit: str


class IncidentMarksOut(Struct, frozen=True, kw_only=True):
    """What was said by hand of an incident; null where nothing was, or it was withdrawn. Deployments stand by their ids."""

    caused_by: tuple[str, ...] | None
    root_cause: CauseOut | None
    potential_causes: tuple[str | CauseOut, ...] | None
    not_caused_by_deployment: bool | None
    duplicate_of: str | None
    note: str | None
