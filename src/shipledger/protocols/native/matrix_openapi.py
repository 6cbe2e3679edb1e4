"""The part of the OpenAPI page that describes the matrix."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.native import matrix
from shipledger.protocols.native.describing import as_of, choice, operation, paging, query
from shipledger.protocols.native.matrix_wire import MatrixOut
from shipledger.protocols.native.vocabulary import TIERS


def matrix_paths() -> dict[str, Any]:
    """The operation on the matrix."""
    moment = {"type": "string", "format": "date-time"}
    at = {"name": "at", "in": "query", "description": "The moment, by what is known today. Without it: now.", "schema": moment}
    return {
        matrix.PATH: {
            "get": operation(
                "What runs where",
                {200: ("The services of a page, by name, in each environment. `next_cursor` leads to the next.", MatrixOut)},
                errors=(422,),
                parameters=(
                    at,
                    as_of(),
                    query("service", "An id, slug or any name of a service."),
                    query("text", "A part of the name of services, ignoring case."),
                    query("tag", "A tag of services, ignoring case."),
                    query("team", "The team that owns the service, ignoring case."),
                    query("environment", "The id or name of an environment, ignoring case."),
                    choice("tier", TIERS),
                    *paging(matrix.DEFAULT_LIMIT, matrix.MAX_LIMIT),
                ),
                is_table=True,
            )
        }
    }
