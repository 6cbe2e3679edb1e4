"""The part of the OpenAPI page that describes gates."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import gate_bodies, listing
from shipledger.protocols.native.describing import BODY_ERRORS, ID, KEY, body, choice, operation, paging, text
from shipledger.protocols.native.vocabulary import GATE_STATUSES, PREFIX
from shipledger.protocols.native.wire import GateOut, GatePageOut, RequestOut

_ERRORS = (*BODY_ERRORS, 409)


def gate_paths(deployment: dict[str, Any]) -> dict[str, Any]:
    """The operations on gates. ``deployment``: the schema of a deployment that is recorded."""
    asking = {**deployment, "required": ["environment"]}
    asking["properties"] = {**deployment["properties"], "state": {"type": "string", "enum": ["pending", "in_progress"]}}
    decision = {
        "type": "object",
        "required": ["decision"],
        "properties": {
            "decision": {"type": "string", "enum": ["allow", "prevent"]},
            "reason": text(gate_bodies.REASON_LIMIT, "Shown to people, and to who asked."),
        },
    }
    return {
        f"{PREFIX}/gates": {
            "get": operation(
                "List gates",
                {200: ("A page, newest first. `next_cursor` and `Link` lead to the next one.", GatePageOut)},
                errors=(422,),
                parameters=(choice("status", GATE_STATUSES), *paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT)),
                is_table=True,
            ),
            "post": {
                **operation(
                    "Ask whether a deployment may go on",
                    {
                        201: ("The new gate.", GateOut),
                        200: ("The gate that the deployment has, as it stands.", GateOut),
                        202: ("Stored, but not settled yet: poll `Location`, or ask again.", RequestOut),
                    },
                    errors=_ERRORS,
                    parameters=(KEY,),
                ),
                "description": "Records the deployment, `pending` unless `state` says otherwise. It then waits for a decision.",
                "requestBody": body(asking),
            },
        },
        f"{PREFIX}/gates/{{id}}": {
            "get": operation(
                "A gate",
                {200: ("The gate with this key, or of the deployment with this id.", GateOut)},
                errors=(404,),
                parameters=(ID,),
            )
        },
        f"{PREFIX}/gates/{{id}}/decisions": {
            "post": {
                **operation(
                    "Decide at a gate",
                    {200: ("The gate after the decision, which is final.", GateOut)},
                    errors=(404, *_ERRORS),
                    parameters=(ID,),
                ),
                "requestBody": body(decision),
            }
        },
    }
