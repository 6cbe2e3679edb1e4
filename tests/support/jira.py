"""Bodies that tests vary."""

from __future__ import annotations

import json
from typing import Any

from shipledger.protocols.jira.bulk import BulkIn, read_bulk
from shipledger.protocols.jira.known import KnownRule

RULE = KnownRule(denied=frozenset({"UTF"}))
ABSENT = object()


def deployment(**changes: Any) -> dict[str, Any]:
    """A deployment that is accepted, with ``changes``; ABSENT leaves a member out."""
    members: dict[str, Any] = {
        "deploymentSequenceNumber": 41,
        "updateSequenceNumber": 1,
        "associations": [{"associationType": "issueIdOrKeys", "values": ["SHIP-1"]}],
        "displayName": "Release 41",
        "url": "https://ci.example.com/storefront/runs/41",
        "description": "",
        "lastUpdated": "2026-03-04T05:06:07.000Z",
        "state": "successful",
        "pipeline": {"id": "storefront", "displayName": "Storefront", "url": "https://ci.example.com/storefront"},
        "environment": {"id": "prod", "displayName": "Prod", "type": "production"},
    }
    members.update(changes)
    return {name: value for name, value in members.items() if value is not ABSENT}


def associated(kind: str, *values: Any) -> dict[str, Any]:
    """The member ``associations`` with one element."""
    return {"associations": [{"associationType": kind, "values": list(values)}]}


def read(*deployments: dict[str, Any], **top: Any) -> BulkIn:
    """A bulk request as it is read by the default rule."""
    return read_bulk(json.dumps({"deployments": list(deployments), **top}), RULE)


def errors(**changes: Any) -> list[str]:
    """What is wrong with a deployment."""
    return list(read(deployment(**changes)).items[0].errors)
