"""Environments as they are on the wire."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from shipledger.protocols.native.past import KnowledgeOut


class EnvironmentOut(Struct, frozen=True, kw_only=True):
    """A name of an environment, as senders use it. ``id`` is "" for another name that no deployment has yet.

    ``canonical_environment``: what the organization calls the environment.
    """

    id: str
    name: str
    tier: str
    is_set_by_hand: bool
    canonical_environment: str


class KnownEnvironmentOut(Struct, frozen=True, kw_only=True):
    """An environment with its other names, as they compare, and with what senders call it."""

    name: str
    aliases: tuple[str, ...]
    environments: tuple[EnvironmentOut, ...]
    knowledge: KnowledgeOut | UnsetType = UNSET


class EnvironmentPageOut(Struct, frozen=True):
    """A page of environments. ``next_cursor`` is null on the last one."""

    environments: tuple[EnvironmentOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET


class NameMoveOut(Struct, frozen=True):
    """Deployments whose sender uses a name that means another environment after a change."""

    name: str
    was: str
    becomes: str
    deployments: int


class EnvironmentPreviewOut(Struct, frozen=True):
    """What changes move: deployments and lanes that belong to another environment, and deployments that get another tier."""

    names: tuple[NameMoveOut, ...]
    deployments: int
    lanes: int
    services: int
    retiered_deployments: int


class EnvironmentSetOut(Struct, frozen=True, kw_only=True):
    """What was set of an environment. ``preview``: with ``dry_run``, what would have been moved; nothing was set then."""

    environment: str
    tier: str | UnsetType = UNSET
    alias_of: str | None | UnsetType = UNSET
    name: str | UnsetType = UNSET
    preview: EnvironmentPreviewOut | UnsetType = UNSET


class EnvironmentsSetOut(Struct, frozen=True):
    """The answer to a list of environments: each in its place."""

    environments: tuple[EnvironmentSetOut, ...]
    preview: EnvironmentPreviewOut | UnsetType = UNSET
