"""The part of the OpenAPI page that describes marks."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import bodies, mark_bodies
from shipledger.protocols.native.describing import BODY_ERRORS, ID, KEY, REPOSITORY, body, operation, text
from shipledger.protocols.native.vocabulary import PREFIX, REMEDIES
from shipledger.protocols.native.wire import DeploymentOut, IncidentOut, RequestOut

_WAITING = ("Stored, but not settled yet: poll `Location` for the verdict.", RequestOut)
_ERRORS = (*BODY_ERRORS, 404, 409)
_WITHDRAWS = "What is left out says nothing, `null` withdraws. What is named must exist. Members that contradict are refused."


def mark_paths() -> dict[str, Any]:
    """The operations on marks."""
    deployment_id = text(bodies.ID_LIMIT, "The id of a deployment.", is_required=True)
    commit = _object(
        {
            "repository": REPOSITORY,
            "commit": {**text(bodies.NAME_LIMIT, is_required=True), "minLength": mark_bodies.LEAST_OF_A_COMMIT},
        }
    )
    remedy = _object({"deployment": deployment_id, "type": {"type": "string", "enum": list(REMEDIES)}}, required=("deployment",))
    causes = {"maxItems": mark_bodies.CAUSES_LIMIT, "type": "array"}
    note = _or_null(text(mark_bodies.NOTE_LIMIT, "For people."))
    of_deployment = {
        "change_failure": _or_null({"type": "boolean"}),
        "unplanned": _or_null({"type": "boolean"}),
        "remediation": _or_null(remedy, deployment_id),
        "note": note,
    }
    of_incident = {
        "caused_by": _or_null({**causes, "items": deployment_id}),
        "root_cause": _or_null(commit),
        "potential_causes": _or_null({**causes, "items": {"anyOf": [deployment_id, commit]}}),
        "not_caused_by_deployment": _or_null({"type": "boolean"}),
        "duplicate_of": _or_null(text(bodies.ID_LIMIT, "The id of an incident.", is_required=True)),
        "note": note,
    }
    return {
        f"{PREFIX}/deployments/{{id}}/marks": _marking("Mark a deployment", "The deployment", DeploymentOut, of_deployment),
        f"{PREFIX}/incidents/{{id}}/marks": _marking("Mark an incident", "The incident", IncidentOut, of_incident),
    }


def _marking(summary: str, record: str, answer: type, members: dict[str, Any]) -> dict[str, Any]:
    answers = {200: (f"{record} after the marks, and the verdict.", answer), 202: _WAITING}
    described = operation(summary, answers, errors=_ERRORS, parameters=(ID, KEY))
    schema = {"type": "object", "minProperties": 1, "properties": members, "additionalProperties": False}
    return {"post": {**described, "description": _WITHDRAWS, "requestBody": body(schema)}}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required or properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _or_null(*schemas: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [*schemas, {"type": "null"}]}
