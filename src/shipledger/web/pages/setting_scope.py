"""Whose settings a page is about: the organization, or what its query names."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request

from shipledger.catalog.organization_settings.model import ScopeKind
from shipledger.errors import Invalid

NAMED = (ScopeKind.TEAM, ScopeKind.SERVICE, ScopeKind.PIPELINE)


def read_scope(request: Request) -> tuple[ScopeKind, str]:
    """The kind of the scope and its name. Raises Invalid if the query names several."""
    given = [(kind, name) for kind in NAMED if (name := request.query_params.get(kind, "").strip())]
    if len(given) > 1:
        raise Invalid("scope", "Name at most one of a team, a service and a pipeline.")
    return given[0] if given else (ScopeKind.ORGANIZATION, "")


def with_scope(path: str, kind: ScopeKind, name: str) -> str:
    """``path`` with the query that names a scope."""
    return f"{path}?{urlencode({str(kind): name})}" if name else path
