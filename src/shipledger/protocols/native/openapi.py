"""The part of the OpenAPI page that describes this API."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native.catalog_openapi import catalog_paths
from shipledger.protocols.native.deployment_openapi import deployment, deployment_paths
from shipledger.protocols.native.describing import ID, SECURITY, operation
from shipledger.protocols.native.gate_openapi import gate_paths
from shipledger.protocols.native.incident_openapi import incident_paths
from shipledger.protocols.native.request_listing import ListedRequestOut
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import RequestOut


def security_schemes() -> dict[str, Any]:
    """How a caller proves itself."""
    description = "A token made by `shipledger credential create native --name NAME`."
    return {SECURITY: {"type": "http", "scheme": "bearer", "description": description}}


def paths() -> dict[str, Any]:
    """The operations."""
    return {
        **deployment_paths(),
        **incident_paths(),
        **catalog_paths(),
        **gate_paths(deployment()),
        f"{PREFIX}/requests/{{id}}": {
            "get": operation(
                "Get the outcome of a request",
                {
                    200: (
                        "Its state and, once settled, its verdicts; or what was answered to a refused one.",
                        RequestOut,
                        ListedRequestOut,
                    )
                },
                errors=(404,),
                parameters=(ID,),
            )
        },
    }
