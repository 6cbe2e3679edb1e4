"""The part of the OpenAPI page that describes services and environments."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.service import SERVICE_NAME_LIMIT
from shipledger.protocols.native import bodies, catalog_bodies, listing
from shipledger.protocols.native.describing import (
    BODY_ERRORS,
    ID,
    NAMED,
    REPOSITORY,
    as_of,
    body,
    choice,
    one_or_several,
    operation,
    paging,
    query,
    text,
)
from shipledger.protocols.native.environment_wire import (
    EnvironmentPageOut,
    EnvironmentSetOut,
    EnvironmentsSetOut,
    KnownEnvironmentOut,
)
from shipledger.protocols.native.history import HistoryOut
from shipledger.protocols.native.vocabulary import PREFIX, TIERS
from shipledger.protocols.native.wire import (
    ServiceOut,
    ServicePageOut,
    ServicesOut,
)

_PAGE = "A page, by name. `next_cursor` and `Link` lead to the next one."
_SET = (EnvironmentSetOut, EnvironmentsSetOut)
_ERRORS = (*BODY_ERRORS, 409)


def catalog_paths() -> dict[str, Any]:
    """The operations on the catalog."""
    pages = paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT)
    return {
        f"{PREFIX}/services": {
            "get": operation(
                "List services",
                {200: (_PAGE, ServicePageOut)},
                errors=(422,),
                parameters=(query("team", "The team that owns the service, ignoring case."), as_of(), *pages),
                is_table=True,
            ),
            "post": {
                **operation(
                    "Add or change services",
                    {
                        201: ("A new service. For a list: each in its place.", ServiceOut, ServicesOut),
                        200: ("The service after this change.", ServiceOut, ServicesOut),
                    },
                    errors=_ERRORS,
                ),
                "description": "A service is found by `name`: its id, its slug or any of its names. What is absent stays; "
                "names, repositories and relations join those that it has. Relations may name services of the same list.",
                "requestBody": one_or_several(_service()),
            },
        },
        f"{PREFIX}/services/{{id}}": {
            "get": operation(
                "A service",
                {200: ("The service with this id, slug or name.", ServiceOut)},
                errors=(404, 422),
                parameters=(ID, as_of()),
            )
        },
        f"{PREFIX}/services/{{id}}/merge": {
            "post": {
                **operation(
                    "Merge a service into another one",
                    {200: ("The service that both are now.", ServiceOut)},
                    errors=(*_ERRORS, 404),
                    parameters=(ID,),
                ),
                "requestBody": body(
                    {
                        "type": "object",
                        "required": ["into"],
                        "properties": {"into": text(SERVICE_NAME_LIMIT, "Its id, slug or any name.", is_required=True)},
                    }
                ),
            }
        },
        f"{PREFIX}/services/{{id}}/history": {
            "get": operation(
                "Who changed a service, and when",
                {200: ("All changes, oldest first; of a deleted service by its id.", HistoryOut)},
                errors=(404,),
                parameters=(ID,),
            )
        },
        f"{PREFIX}/environments/history": {
            "get": operation(
                "Who changed rules for tiers, tiers set by hand, and names of environments",
                {200: ("All changes, oldest first.", HistoryOut)},
                errors=(422,),
            )
        },
        f"{PREFIX}/environments/{{name}}": {
            "get": operation(
                "An environment",
                {200: ("The environment with this name, with all its names.", KnownEnvironmentOut)},
                errors=(404, 422),
                parameters=(NAMED, as_of()),
            )
        },
        f"{PREFIX}/environments": {
            "get": operation(
                "List environments",
                {200: (_PAGE, EnvironmentPageOut)},
                errors=(422,),
                parameters=(choice("tier", TIERS), as_of(), *pages),
                is_table=True,
            ),
            "post": {
                **operation(
                    "Set tiers and names of environments",
                    {
                        200: ("Set, also for deployments of the past.", *_SET),
                        202: ("Set; deployments of the past still get their tiers in the background.", *_SET),
                    },
                    errors=_ERRORS,
                    parameters=(choice("dry_run", ("true", "false")),),
                ),
                "description": "All items are set, or none. Case and spaces around a name do not matter. With `dry_run=true` "
                "nothing is set, and `preview` counts what would move.",
                "requestBody": one_or_several(_environment()),
            },
        },
    }


def _service() -> dict[str, Any]:
    name = text(bodies.NAME_LIMIT, is_required=True)
    return {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": text(SERVICE_NAME_LIMIT, is_required=True),
            "description": text(bodies.TEXT_LIMIT),
            "team": text(bodies.NAME_LIMIT, "Who owns it."),
            "tags": {"type": "array", "maxItems": catalog_bodies.TAGS_LIMIT, "items": name},
            "names": {
                "type": "array",
                "maxItems": catalog_bodies.NAMES_LIMIT,
                "items": name,
                "description": "Further names, such as its ids in other tools.",
            },
            "repositories": {"type": "array", "maxItems": catalog_bodies.REPOSITORIES_LIMIT, "items": REPOSITORY},
            "depends_on": _relations("Services that it needs"),
            "contains": _relations("Services that it consists of"),
        },
    }


def _relations(what: str) -> dict[str, Any]:
    return {
        "type": "array",
        "maxItems": catalog_bodies.RELATIONS_LIMIT,
        "items": text(SERVICE_NAME_LIMIT, is_required=True),
        "description": f"{what}, each by its id, its slug or any of its names.",
    }


def _environment() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["environment"],
        "properties": {
            "environment": text(bodies.NAME_LIMIT, "The id or name of an environment.", is_required=True),
            "tier": {"type": "string", "enum": list(TIERS), "description": "Overrides senders and rules."},
            "alias_of": {
                "anyOf": [text(bodies.NAME_LIMIT), {"type": "null"}],
                "description": "The environment that it is another name of; null for one of its own again.",
            },
            "name": text(bodies.NAME_LIMIT, "The name to show it by; those until now stay names of it."),
        },
    }
