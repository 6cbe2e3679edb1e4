"""The description of the API, for people: what the OpenAPI document says, readable without a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.web.pages.commands import base_url
from shipledger.web.pages.frame import Frame, Show

METHODS = ("get", "post", "put", "patch", "delete")


class Operation(Struct, frozen=True):
    """One operation as the page shows it; schemas and examples are JSON text, empty when there is none."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, bool, str], ...]
    request_example: str
    request_schema: str
    responses: tuple[tuple[str, str], ...]


def page(openapi: Callable[[], Mapping[str, Any]]) -> Show:
    """The page for an OpenAPI document, laid out when it is first asked for."""
    groups = cache(lambda: _group(openapi()))

    async def show(frame: Frame, request: Request) -> Response:
        schemes = openapi().get("components", {}).get("securitySchemes", {})
        return await frame.render(
            request, "api.html", groups=groups(), schemes=schemes, base_url=base_url(request, frame.settings)
        )

    return show


def _group(openapi: Mapping[str, Any]) -> list[tuple[str, list[Operation]]]:
    groups: dict[str, list[Operation]] = {}
    for path, item in openapi["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                tag = next(iter(operation.get("tags", ())), "Other")
                groups.setdefault(tag, []).append(_operation(path, method, item, operation))
    return list(groups.items())


def _operation(path: str, method: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body: Mapping[str, Any] = next(iter(content.values()), {})
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    return Operation(
        anchor=operation.get("operationId", f"{method}-{path.strip('/').replace('/', '-')}"),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple((one["name"], one["in"], bool(one.get("required")), one.get("description", "")) for one in parameters),
        request_example=_pretty(_example_of(body)),
        request_schema=_pretty(body.get("schema")),
        responses=tuple((str(status), one.get("description", "")) for status, one in operation["responses"].items()),
    )


def _example_of(body: Mapping[str, Any]) -> object:
    if "example" in body:
        return body["example"]
    first: Mapping[str, Any] = next(iter(body.get("examples", {}).values()), {})
    return first.get("value")


def _pretty(value: object) -> str:
    return "" if value is None else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
