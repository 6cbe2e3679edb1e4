"""The part of the OpenAPI page that describes deployments."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import bodies, listing
from shipledger.protocols.native.describing import (
    ID,
    as_of,
    choice,
    one_or_several,
    operation,
    paging,
    query,
    recording,
    releases,
    text,
    window,
)
from shipledger.protocols.native.vocabulary import PREFIX, STATES, TIERS
from shipledger.protocols.native.wire import DeploymentOut, DeploymentPageOut, DeploymentsOut


def deployment_paths() -> dict[str, Any]:
    """The operations on deployments."""
    return {
        f"{PREFIX}/deployments": {
            "get": operation(
                "List deployments",
                {200: ("A page, newest start first. `next_cursor` and `Link` lead to the next one.", DeploymentPageOut)},
                errors=(422,),
                parameters=(
                    *window("started_at"),
                    query("service", "An id, slug or any name of a service."),
                    query("environment", "The id or name of an environment."),
                    choice("tier", TIERS),
                    choice("state", STATES),
                    query("repository", "A clone URL in any form, or host/owner/name."),
                    query(
                        "commit",
                        "The beginning of a commit's id.",
                        minLength=listing.LEAST_OF_A_COMMIT,
                        maxLength=listing.MOST_OF_A_COMMIT,
                    ),
                    query("team", "The team that owns the service, ignoring case."),
                    query("actor", "Who deployed, ignoring case: a sender's word, or a person's id, address, login or name."),
                    query("source", "The protocol that recorded it, such as `native`."),
                    as_of(),
                    *paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT),
                ),
                is_table=True,
            ),
            "post": {
                **recording("Record a deployment", "The new deployment", DeploymentOut, DeploymentsOut),
                "description": "The same `external_id`, `service` and `environment` mean the same deployment: a later report "
                "updates its state. A report that starts after the deployment ended is a new run with its own id. "
                "A list is recorded as a whole, or refused as a whole if a member is invalid.",
                "requestBody": one_or_several(deployment()),
            },
        },
        f"{PREFIX}/deployments/{{id}}": {
            "get": operation(
                "A deployment",
                {200: ("The deployment, whichever API recorded it.", DeploymentOut)},
                errors=(404, 422),
                parameters=(ID, as_of()),
            )
        },
    }


def deployment() -> dict[str, Any]:
    """What is sent of one."""
    moment = {"type": "string", "format": "date-time"}
    return {
        "type": "object",
        "required": ["environment", "state"],
        "anyOf": [{"required": ["service"]}, {"required": ["releases"]}],
        "properties": {
            "external_id": text(bodies.ID_LIMIT, "The sender's identifier, such as a pipeline run."),
            "service": text(bodies.NAME_LIMIT, is_required=True),
            "environment": text(bodies.NAME_LIMIT, is_required=True),
            "environment_name": text(bodies.NAME_LIMIT, "Display name."),
            "tier": {"type": "string", "enum": list(TIERS), "description": "If absent, derived from the environment's name."},
            "state": {"type": "string", "enum": list(STATES)},
            "started_at": moment,
            "finished_at": {**moment, "description": "Only with a final state. If absent, the time of arrival."},
            "job_started_at": {
                **moment,
                "description": "Start of the reporting CI job. Used as the start if no report has one.",
            },
            "version": text(bodies.NAME_LIMIT),
            "releases": releases(),
            "actor": text(bodies.NAME_LIMIT, "Who deployed."),
            "title": text(bodies.TITLE_LIMIT),
            "description": text(bodies.TEXT_LIMIT),
            "url": text(bodies.LINK_LIMIT, "Link to it, such as the CI run."),
            "ci": text(bodies.NAME_LIMIT, "The CI system that ran it."),
            "run": text(bodies.ID_LIMIT, "The run of the CI system."),
            "attempt": text(bodies.NAME_LIMIT, "Which attempt of the run."),
            "job": text(bodies.ID_LIMIT, "The job that reports."),
            "is_hotfix": {"type": "boolean", "description": "Made only to fix an urgent bug in production."},
            "is_fix": {"type": "boolean", "description": "Contains bug fixes that are not urgent."},
            "is_forced": {"type": "boolean", "description": "Forced by somebody."},
        },
    }
