"""What a receipt asks for, in the ledger's words. Each protocol translates into these; nothing later knows a vendor.

Orders are tuples of integers and compare as tuples do. A protocol whose reports carry a sequence puts it in front; one
that has none orders by time of acceptance. The greater order wins, so the outcome does not depend on the order in which
submissions are processed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.state import State, Tier

Order: TypeAlias = tuple[int, ...]


class Environment(Struct, frozen=True, omit_defaults=True):
    """Where a deployment went. ``original_tier`` is the sender's own word for the tier."""

    id: str
    name: str
    tier: Tier
    original_tier: str | None = None


class Release(Struct, frozen=True, omit_defaults=True):
    """One commit of one repository. ``repository`` is canonical (``host/owner/name``); ``original`` holds the sender's words."""

    repository: str
    commit: str
    original: dict[str, str] = {}


class Facts(Struct, frozen=True, omit_defaults=True):
    """What a submission says about a deployment. UNSET: says nothing. None: says that there is none."""

    external_id: str | None | UnsetType = UNSET
    environment: Environment | UnsetType = UNSET
    started_at: datetime | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    url: str | None | UnsetType = UNSET
    releases: tuple[Release, ...] | UnsetType = UNSET


class StateReport(Struct, frozen=True, omit_defaults=True):
    """One report of a state. ``reported_at``: when the sender says that it came about; ``original``: the sender's word."""

    state: State
    original: str
    order: Order
    reported_at: datetime | None = None


class Alias(Struct, frozen=True, order=True):
    """A name for a deployment other than its id. Where one key of a scope names several, the newest is meant."""

    scope: str
    key: str


class Target(Struct, frozen=True, omit_defaults=True):
    """Which deployment is meant: by id when ``scope`` is None, else by alias."""

    key: str
    scope: str | None = None


class RecordDeployment(Struct, frozen=True, tag="record", omit_defaults=True):
    """Record a deployment, or add to it when one of ``identities`` already names one.

    ``deployment_id`` is used only when it is new. ``required_workspaces`` are the source-control workspaces that must be
    connected, for organizations that refuse unknown ones; ``workspace_originals`` are the sender's words for them.
    """

    source: str
    deployment_id: str
    identities: tuple[Alias, ...]
    facts: Facts
    order: Order
    state: StateReport
    required_workspaces: tuple[str, ...] = ()
    workspace_originals: dict[str, str] = {}
    is_managed_elsewhere: bool = False


class ChangeState(Struct, frozen=True, tag="change-state", omit_defaults=True):
    """Report a state of a known deployment."""

    source: str
    target: Target
    state: StateReport


class Amend(Struct, frozen=True, tag="amend", omit_defaults=True):
    """Correct what is known of a deployment."""

    source: str
    target: Target
    facts: Facts
    order: Order


Submission: TypeAlias = RecordDeployment | ChangeState | Amend
