"""Draw the tables of docs/reference/rights.md from the routes and the roles of the program.

    python -m tools.draw_rights    write the tables into the page

A test compares the page with them, and others ask every route with every role and every right.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from starlette.routing import BaseRoute, Route

from shipledger.access.grant import PERSONAL
from shipledger.access.people.roles import RIGHTS, TEAM_RIGHTS, Right, Role
from shipledger.clock import Clock
from shipledger.http.hosts import KnownHosts
from shipledger.protocols.contract import Guarded
from shipledger.protocols.declaration import Parts
from shipledger.protocols.registry import build_protocols, list_kinds
from shipledger.settings import Settings
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.frame import Page
from shipledger.web.pages.site import build_pages
from tools.draw_states import redraw
from tools.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "rights.md"
OPEN_DOORS = frozenset({"/login", "/login/provider", "/login/provider/back", "/logout", "/theme", "/welcome", "/{path:path}"})
"""What opens the door, and what is nowhere."""

nothing: Any = None
"""Routes are told without a ledger."""


class PageRoute(NamedTuple):
    """A route of a page. ``right`` None: for whoever is signed in."""

    method: str
    path: str
    right: Right | None


class CallRoute(NamedTuple):
    """An operation of an API. ``right`` "" for every good credential, None where the call has a proof of its own."""

    protocol: str
    method: str
    path: str
    right: str | None


def list_page_routes() -> list[PageRoute]:
    """Every page, without what opens the door."""
    routes = build_pages(
        nothing,
        Settings(),
        Clock(),
        directory=nothing,
        environments=nothing,
        inbox=nothing,
        organization_settings=nothing,
        tier_rules=nothing,
        status=nothing,
        home=nothing,
        views=nothing,
        timeline=nothing,
        webhooks=nothing,
        corrections=nothing,
        gates=nothing,
        merging=nothing,
        access=PageAccess(Settings(), KnownHosts()),
        visiting=nothing,
        members=nothing,
        tokens=nothing,
        sources=nothing,
        openapi=dict,
        long_work=nothing,
        news=nothing,
        answers=nothing,
    )
    return [
        PageRoute("POST" if "POST" in (route.methods or ()) else "GET", route.path, page.right)
        for route in routes
        if isinstance(route, Route) and route.path not in OPEN_DOORS and (page := _page_of(route)) is not None
    ]


def list_call_routes() -> list[CallRoute]:
    """Every operation of every API."""
    parts = Parts(ledger=nothing, settings=Settings(), clock=Clock(), caller=nothing, seal=nothing)
    return [
        CallRoute(protocol.name, route.method, route.path, route.endpoint.right if isinstance(route.endpoint, Guarded) else None)
        for protocol in build_protocols(parts)
        for route in protocol.routes()
    ]


def list_distinct_calls() -> list[CallRoute]:
    """The same, without further prefixes under which Jira has the same."""
    seen: dict[tuple[str, str, str], CallRoute] = {}
    for one in list_call_routes():
        seen.setdefault((one.protocol, one.method, one.path.rpartition("/{cloudId}")[2]), one)
    return [*seen.values()]


def tabulate_roles() -> str:
    """The rights of each role."""
    lines = [f"| right | {' | '.join(Role)} | by a role in a team |", "|---|" + "---|" * (len(Role) + 1)]
    lines += [
        f"| `{right}` | {' | '.join('yes' if right in RIGHTS[role] else '' for role in Role)} | "
        f"{'of the team' if right in TEAM_RIGHTS else ''} |"
        for right in Right
    ]
    return "\n".join(lines)


def tabulate_kinds() -> str:
    """The rights that a credential of each kind has unless it is narrowed."""
    lines = ["| kind of credential | rights |", "|---|---|"]
    rights = {**{kind.name: kind.scopes for kind in list_kinds()}, PERSONAL: frozenset(Right)}
    whose = {PERSONAL: ", those that its person has"}
    lines += [
        f"| `{name}` | {', '.join(f'`{right}`' for right in sorted(own))}{whose.get(name, '')} |" for name, own in rights.items()
    ]
    return "\n".join(lines)


def tabulate_pages() -> str:
    """Every page with its right."""
    lines = ["| page | right |", "|---|---|"]
    lines += [
        f"| `{one.method} {one.path.replace(':path', '')}` | {f'`{one.right}`' if one.right else 'signed in'} |"
        for one in sorted(list_page_routes(), key=lambda one: (one.path, one.method))
    ]
    return "\n".join(lines)


def tabulate_calls() -> str:
    """Every operation of an API with its right, without further prefixes under which Jira has the same."""
    lines = ["| API | call | right |", "|---|---|---|"]
    words = {None: "a proof of its own", "": "any"}
    lines += [
        f"| {one.protocol} | `{one.method} {one.path}` | {words.get(one.right, f'`{one.right}`')} |"
        for one in sorted(list_distinct_calls(), key=lambda one: (one.protocol, one.path, one.method))
    ]
    return "\n".join(lines)


DRAWINGS = {"roles": tabulate_roles, "kinds": tabulate_kinds, "pages": tabulate_pages, "calls": tabulate_calls}


def main() -> int:
    """Write the page."""
    PAGE.write_text(redraw(PAGE.read_text(encoding="utf-8"), DRAWINGS), encoding="utf-8")
    return 0


def _page_of(route: BaseRoute) -> Page | None:
    """The page behind what adds headers to it."""
    found: Any = getattr(route, "app", None)
    while found is not None and not isinstance(found, Page):
        found = getattr(found, "_app", None) or getattr(found, "app", None)
    return found


if __name__ == "__main__":
    sys.exit(main())
