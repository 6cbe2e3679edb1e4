"""Corrections over our own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from shipledger.errors import NotFound
from shipledger.reporting.own_api import VARIABLE, calls_with_token, path_of
from shipledger.reporting.server_calls import describe, read_object, to_error

_FOLDER = "/ledger/v1/deployments"


def read_corrections(deployment: str, *, url: str, patience_seconds: float, note: Callable[[str], None]) -> dict[str, Any]:
    """The corrections of a deployment. Raises Denied, Refused, NotFound, Unavailable and Invalid."""
    with calls_with_token(url, patience_seconds=patience_seconds, note=note) as calls:
        return _read(calls.request("GET", f"{path_of(_FOLDER, deployment)}/corrections"))


def send_correction(
    method: str,
    deployment: str,
    body: dict[str, Any],
    *,
    correction: str,
    seen: int | None,
    is_dry_run: bool,
    url: str,
    patience_seconds: float,
    note: Callable[[str], None],
) -> dict[str, Any]:
    """The answer to a correction (POST) or an undo (DELETE) of one. Raises as ``read_corrections`` does."""
    folder = f"{path_of(_FOLDER, deployment)}/corrections"
    options: dict[str, Any] = {"json": body}
    if seen is not None:
        options["headers"] = {"If-Match": f'"{seen}"'}
    if is_dry_run:
        options["params"] = {"dry_run": "true"}
    with calls_with_token(url, patience_seconds=patience_seconds, note=note) as calls:
        return _read(calls.request(method, path_of(folder, correction) if correction else folder, **options))


def _read(response: httpx2.Response) -> dict[str, Any]:
    if response.status_code in (httpx2.codes.OK, httpx2.codes.CREATED):
        return read_object(response)
    if response.status_code == httpx2.codes.NOT_FOUND:
        raise NotFound("record", describe(response))
    raise to_error(response, variable=VARIABLE)
