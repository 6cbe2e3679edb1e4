"""The OpenAPI description of everything served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger import __version__
from shipledger.protocols.contract import VendorProtocol


def build_openapi(protocols: Sequence[VendorProtocol]) -> dict[str, Any]:
    """One OpenAPI 3.1 document for all protocols."""
    paths: dict[str, Any] = {}
    schemes: dict[str, Any] = {}
    for protocol in protocols:
        paths.update(protocol.openapi_paths())
        schemes.update(protocol.openapi_security_schemes())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shipledger",
            "version": __version__,
            "summary": "The deployment APIs that your CI already uses, on one ledger.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }
