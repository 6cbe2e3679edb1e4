"""The part of the OpenAPI page that describes merging."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native.bodies import ID_LIMIT
from shipledger.protocols.native.describing import BODY_ERRORS, ID, body, choice, operation, text
from shipledger.protocols.native.merging import PreviewOut
from shipledger.protocols.native.merging_bodies import REASON_LIMIT
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import DeploymentOut, RequestOut

_WAITING = ("Stored, but not settled yet: poll `Location` for the verdict.", RequestOut)
_ERRORS = (*BODY_ERRORS, 404, 409)
_DRY = "With `dry_run=true` nothing is changed, and `deployments` says what would be shown."


def merging_paths() -> dict[str, Any]:
    """The operations on deployments of which several records tell."""
    into = text(ID_LIMIT, "The id of the deployment that both become.", is_required=True)
    reason = text(REASON_LIMIT, "For people.", is_required=True)
    return {
        f"{PREFIX}/deployments/{{id}}/merge": _post(
            "Merge a deployment into another one",
            "The deployment that both are now, and the verdict.",
            "Two records that tell of the same deployment become one: this one is in no list any more, and the other has the "
            f"fields of both. Each is still found by its own id. {_DRY}",
            {"into": into, "reason": reason},
        ),
        f"{PREFIX}/deployments/{{id}}/split": _post(
            "Split a merged deployment off again",
            "The record, which is a deployment of its own again, and the verdict.",
            f"Undoes a merge. No rule merges the two again. {_DRY}",
            {"reason": reason},
        ),
    }


def _post(summary: str, answer: str, description: str, members: dict[str, Any]) -> dict[str, Any]:
    answers = {200: (answer, DeploymentOut, PreviewOut), 202: _WAITING}
    parameters = (ID, choice("dry_run", ("true", "false")))
    schema = {"type": "object", "required": list(members), "properties": members, "additionalProperties": False}
    described = operation(summary, answers, errors=_ERRORS, parameters=parameters)
    return {"post": {**described, "description": description, "requestBody": body(schema)}}
