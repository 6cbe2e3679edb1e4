"""The part of the OpenAPI page that describes the Opsgenie protocol."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.opsgenie import incident_openapi, schemas, wire
from shipledger.protocols.opsgenie.openapi_parts import (
    SECURITY,
    change,
    page_parameters,
    path_text,
    ping,
    query_parameter,
    read,
    refusal,
    write,
)
from shipledger.protocols.opsgenie.parameters import MAX_ITEMS
from shipledger.protocols.opsgenie.schemas import Schema
from shipledger.protocols.opsgenie.unserved_lists import NO_TEMPLATES, SERVICE_LISTS, TEMPLATES
from shipledger.protocols.opsgenie.vocabulary import IDENTIFIER_TYPES

_LIST = f"Repeated, or separated by commas; empty items do not count. At most {MAX_ITEMS}."


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    return {
        SECURITY: {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`GenieKey <key>`, with a key made by `shipledger credential create opsgenie --name NAME`.",
        }
    }


def paths() -> dict[str, Any]:
    """Every operation."""
    deployments = "/v2/deployments"
    update_state = write("Update the state of a deployment", schemas.UPDATE_STATE, parameters=_identifier())
    service = {"name": "id", "in": "path", "required": True, "schema": path_text()}
    return {
        **incident_openapi.paths(),
        **_unserved(service),
        deployments: {"post": write("Create a deployment", schemas.CREATE)},
        f"{deployments}/requests/{{requestId}}": {
            "get": read(
                "Get the outcome of a write",
                schemas.data_of(wire.RequestStatusOut),
                parameters=[{"name": "requestId", "in": "path", "required": True, "schema": path_text()}],
                errors=(404,),
                description="404 with the header `X-Opsgenie-Errortype: RequestNotProcessed` until it is processed.",
            )
        },
        f"{deployments}/search": {
            "get": read(
                "Search deployments of services",
                schemas.data_of(list[wire.FoundDeploymentOut]),
                parameters=_search(),
                errors=(422,),
            )
        },
        f"{deployments}/{{identifier}}": {
            "get": read("A deployment", schemas.data_of(wire.DeploymentOut), parameters=_identifier(), errors=(404, 422))
        },
        f"{deployments}/{{identifier}}/updateState": {
            "patch": update_state,
            "put": {**update_state, "summary": "Update the state of a deployment, as the Go client does"},
        },
        f"{deployments}/{{identifier}}/update": {
            "patch": write("Update a deployment", schemas.UPDATE, parameters=_identifier(types=("id", "api")))
        },
        "/v2/heartbeats/{name}/ping": {"get": ping("Ping"), "post": ping("Ping, as most clients do")},
        "/v1/services": {
            "get": read("Services", schemas.enveloped(wire.ServicePageOut), parameters=page_parameters("offset"), errors=(422,)),
            "post": change("Create a service", 201, schemas.CREATE_SERVICE, errors=(409,)),
        },
        "/v1/services/{id}": {
            "get": read("A service", schemas.data_of(wire.ServiceOut), parameters=[service], errors=(404,)),
            "patch": change("Update a service", 200, schemas.UPDATE_SERVICE, parameters=[service], errors=(404, 409)),
            "delete": read("Delete a service", schemas.enveloped(wire.ServiceResultOut), parameters=[service], errors=(404,)),
        },
    }


def _unserved(service: Schema) -> dict[str, Any]:
    answers = {"incident-rules": list[str], "incident-templates": list[str], "audience-templates": wire.AudienceOut}
    below = {
        f"/v1/services/{{id}}/{one.last}": {
            "get": read(
                f"{one.last.replace('-', ' ').capitalize()} of a service",
                schemas.data_of(answers[one.last]),
                parameters=[service],
                errors=(404,),
                description="Always empty.",
            ),
            one.method.lower(): refusal(one.last, one.reason, parameters=[service]),
        }
        for one in SERVICE_LISTS
    }
    page = schemas.enveloped(wire.TemplatePageOut)
    templates = read("Incident templates", page, parameters=page_parameters("offset"), errors=(422,), description="Always empty.")
    return {**below, TEMPLATES: {"get": templates, "post": refusal("incident-templates", NO_TEMPLATES, parameters=[])}}


def _identifier(*, types: tuple[str, ...] = IDENTIFIER_TYPES) -> list[Schema]:
    kinds = {"type": "string", "enum": list(types)}
    return [
        {"name": "identifier", "in": "path", "required": True, "schema": path_text()},
        query_parameter(
            "type", kinds, "Kind of identifier: the deployment id, its external id, or its Bitbucket Pipelines UUID."
        ),
        query_parameter("identifierType", kinds, "Alias of `type`; if both are sent, `type` wins."),
    ]


def _search() -> list[Schema]:
    names = {"type": "array", "items": {"type": "string", "pattern": schemas.STORABLE}}
    some_names = {**names, "minItems": 1, "contains": {"pattern": r"[^\s,]"}}
    moment = {"type": "string", "format": "date-time"}
    return [
        query_parameter("serviceIds", some_names, f"{_LIST} At least one.", is_required=True),
        query_parameter("environmentIds", names, _LIST),
        query_parameter("startTime", moment, "Deployments that started at or after this time."),
        query_parameter("endTime", moment, "Deployments that ended at or before this time; a running one counts by its start."),
        *page_parameters("paginationKey"),
    ]
