"""Which deployments to load for a decision, and what was found."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Alias


class Seek(StrEnum):
    """Which of the deployments that share a name to find."""

    UNTIL = "until"
    """The one that started last, at or before a time."""
    AFTER = "after"
    """The one that started first after a time."""
    OWN = "own"
    """The one that has it as an identity."""


class Lookup(Struct, frozen=True):
    """A deployment to load, by id (``alias`` None) or by alias.

    ``seek`` None: the newest with that alias; else the one it selects, with ``at_us`` as the time in microseconds.
    """

    organization_id: str
    deployment_id: str | None = None
    alias: Alias | None = None
    seek: Seek | None = None
    at_us: int = 0


class Loaded(Struct, frozen=True):
    """Answer to lookups. ``by_alias`` maps (organization, alias) to the id of the newest deployment that has it.

    ``sought`` has the ids of lookups with a ``seek``. ``removed_hosts``: those of found deployments that were removed by hand.
    """

    deployments: dict[tuple[str, str], Deployment]
    by_alias: dict[tuple[str, Alias], str]
    sought: dict[Lookup, str] = {}
    removed_hosts: dict[tuple[str, str], Deployment] = {}


NEVER_STARTED_US = -(2**62)
"""The sort position of deployments without a start, in microseconds: after all others."""

AFTER_ALL_IDS = "\U0010ffff"
"""The sort position after every id."""
