"""What a list of deployments asks for. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import canonical_repository
from shipledger.clock import MICROSECOND, moved
from shipledger.deployments.listing import DeploymentFilter
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, read_cursor
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF
from shipledger.protocols.native.vocabulary import STATE_SPELLINGS, STATES, TIERS
from shipledger.protocols.native.wire import DeploymentOut

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
LEAST_OF_A_COMMIT = 4
MOST_OF_A_COMMIT = 128

PARAMETERS = (
    "from",
    "to",
    "service",
    "team",
    "environment",
    "tier",
    "state",
    "repository",
    "commit",
    "actor",
    "source",
    AS_OF,
    NAME,
    LIMIT,
    FORMAT,
)
_NO_COLUMNS = {"merged_into", "witnesses", "sources", "request_id", "verdict", "knowledge"}
COLUMNS = tuple(name for name in DeploymentOut.__struct_fields__ if name not in _NO_COLUMNS)

_AFTER_FROM = "should be after from"


class Listing(Struct, frozen=True):
    """The page that is wanted. ``service`` is an id, a slug or any name of a service, which the filter does not have yet."""

    wanted: DeploymentFilter
    service: str


def read_listing(parameters: Parameters) -> Listing:
    """The page that is wanted. What is wrong is noted in ``parameters``."""
    started_from, started_until = read_window(parameters)
    state = parameters.word("state", STATES, STATE_SPELLINGS)
    tier = parameters.word("tier", TIERS, {})
    said: dict[str, Any] = {name: parameters.text(name) for name in ("environment", "source") if parameters.has(name)}
    repository = parameters.text("repository")
    return Listing(
        service=parameters.text("service"),
        wanted=DeploymentFilter(
            **said,
            person=parameters.text("actor"),
            team=parameters.text("team"),
            state=state or "",
            tier=tier or "",
            repository=read_clone_url(repository) or canonical_repository(repository) if repository else "",
            commit=parameters.text("commit", least=LEAST_OF_A_COMMIT, limit=MOST_OF_A_COMMIT),
            started_from=started_from,
            started_until=started_until,
            before=read_cursor(parameters),
            limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        ),
    )


def read_window(parameters: Parameters) -> tuple[datetime | None, datetime | None]:
    """From a moment until the last one before ``to``: both are inclusive."""
    begin, end = parameters.time("from"), parameters.time("to")
    if begin is not None and end is not None and end <= begin:
        parameters.faults.setdefault("to", _AFTER_FROM)
    return begin, None if end is None else moved(end, -MICROSECOND)
