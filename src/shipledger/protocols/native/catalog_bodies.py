"""The bodies of services and environments. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.environments import EnvironmentChange
from shipledger.catalog.service import SERVICE_NAME_LIMIT
from shipledger.protocols.native.bodies import (
    LINK_LIMIT,
    NAME_LIMIT,
    SHOULD_NAME_A_REPOSITORY,
    TEXT_LIMIT,
    read_all,
)
from shipledger.protocols.native.reading import (
    SHOULD_BE_PROVIDED,
    Reader,
    open_object,
    refuse_faults,
)
from shipledger.protocols.native.vocabulary import TIERS

TAGS_LIMIT = 100
NAMES_LIMIT = 100
REPOSITORIES_LIMIT = 500
RELATIONS_LIMIT = 500


class ServiceIn(Struct, frozen=True, kw_only=True):
    """A service. None was not sent. ``repositories`` are canonical names, which join those that it has, as ``names`` do.

    ``depends_on`` and ``contains`` name other services, by id, slug or any name; they join too.
    """

    name: str
    description: str | None
    team: str | None
    tags: tuple[str, ...]
    names: tuple[str, ...]
    repositories: tuple[str, ...]
    depends_on: tuple[str, ...]
    contains: tuple[str, ...]

    @property
    def changes(self) -> dict[str, Any]:
        """What was said of the fields of a ServiceDraft, but its name."""
        said = {"description": self.description, "team_id": self.team, "tags": self.tags or None}
        return {name: value for name, value in said.items() if value is not None}


def read_services(text: str) -> tuple[tuple[ServiceIn, ...], bool]:
    """The services in a body, and whether it is a list. Raises what ``read_all`` does."""
    return read_all(text, _read_service)


def read_merge(text: str) -> str:
    """The service that another one is merged into, by any of its names. Raises what ``read_all`` does."""
    body, faults = open_object(text)
    into = body.required_text("into", limit=SERVICE_NAME_LIMIT)
    refuse_faults(faults)
    return into


def read_environments(text: str) -> tuple[tuple[EnvironmentChange, ...], bool]:
    """The environments in a body, and whether it is a list. Raises what ``read_all`` does."""
    return read_all(text, _read_environment)


def _read_service(body: Reader) -> ServiceIn:
    sent = body.texts("repositories", limit=REPOSITORIES_LIMIT, item_limit=LINK_LIMIT)
    repositories = [read_clone_url(one) if len(one) <= LINK_LIMIT else None for one in sent]
    if None in repositories and body.is_sound("repositories"):
        body.fault("repositories", f"each {SHOULD_NAME_A_REPOSITORY}")
    return ServiceIn(
        name=body.required_text("name", limit=SERVICE_NAME_LIMIT),
        description=body.text("description", limit=TEXT_LIMIT),
        team=body.text("team", limit=NAME_LIMIT),
        tags=body.texts("tags", limit=TAGS_LIMIT, item_limit=NAME_LIMIT),
        names=body.texts("names", limit=NAMES_LIMIT, item_limit=NAME_LIMIT),
        repositories=tuple(one for one in repositories if one is not None),
        depends_on=body.texts("depends_on", limit=RELATIONS_LIMIT, item_limit=SERVICE_NAME_LIMIT),
        contains=body.texts("contains", limit=RELATIONS_LIMIT, item_limit=SERVICE_NAME_LIMIT),
    )


def _read_environment(body: Reader) -> EnvironmentChange:
    """A change. As with marks, null is a word of ``alias_of``: it takes away what was said."""
    if not (body.has("tier") or body.has("name") or body.was_sent("alias_of")):
        body.fault("tier", SHOULD_BE_PROVIDED)
    tier, _ = body.word("tier", TIERS, {}) or (None, "")
    return EnvironmentChange(
        environment=body.required_text("environment", limit=NAME_LIMIT),
        tier=tier,
        alias_of=body.text("alias_of", limit=NAME_LIMIT) if body.was_sent("alias_of") else UNSET,
        name=body.text("name", limit=NAME_LIMIT),
    )
