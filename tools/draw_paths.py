"""Draw the tables of docs/reference/paths.md from the routes of the program.

    python -m tools.draw_paths    write the tables into the page

They are what a proxy in front has to know: which paths there are, and how large bodies and heads may be. Tests compare the page
with them, and the files of proxies in deploy.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from starlette.routing import Mount, Route

from shipledger.access.people.link import WELCOME_PATH
from shipledger.clock import Clock
from shipledger.http.connection_limits import HEAD_LIMIT_BYTES
from shipledger.http.hosts import KnownHosts
from shipledger.protocols.declaration import Parts
from shipledger.protocols.registry import build_protocols
from shipledger.settings import Settings
from shipledger.web.operations import INSIDE_PATHS, Operations
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.forms import FORM_LIMIT_BYTES
from shipledger.web.pages.site import build_pages
from shipledger.web.pages.visiting import LOGIN_PATH
from tools.draw_states import redraw
from tools.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "paths.md"
KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
NAMES = {"opsgenie": "Opsgenie", "iftrue": "iftrue", "jira": "Jira", "datadog": "Datadog", "native": "Shipledger's own API"}
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


nothing: Any = None
"""Routes are told without a ledger."""


class Opening(Struct, frozen=True):
    """What is served below a prefix.

    ``calls`` are the operations, as method and path: none where all that a vendor has there is answered 404. Without a body the
    limit is 0.
    """

    prefix: str
    protocols: tuple[str, ...]
    calls: tuple[tuple[str, str], ...]
    body_limit_bytes: int


def list_openings() -> list[Opening]:
    """The prefixes of all protocols, as short as they can be without taking in a page."""
    pages = {path.split("/")[1] for path in list_pages()}
    found: dict[str, list[tuple[str, str, str, int]]] = {}
    for protocol in build_protocols(Parts(ledger=nothing, settings=Settings(), clock=Clock(), caller=nothing, seal=nothing)):
        for route in protocol.routes():
            limit = route.body_limit_bytes if route.method in WITH_BODY else 0
            found.setdefault(_prefix_of(route.path, pages), []).append((protocol.name, route.method, route.path, limit))
        for prefix in protocol.unserved_prefixes:
            if _prefix_of(prefix, pages) not in found:
                found[prefix] = [(protocol.name, "", "", 0)]
    return [
        Opening(
            prefix=prefix,
            protocols=tuple(dict.fromkeys(name for name, _, _, _ in rows)),
            calls=tuple((method, path) for _, method, path, _ in rows if path),
            body_limit_bytes=max(limit for _, _, _, limit in rows),
        )
        for prefix, rows in sorted(found.items())
    ]


def list_pages() -> list[str]:
    """The paths of all pages, without what takes every other path, and of the folder of static files."""
    access = PageAccess(Settings(), KnownHosts())
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
        access=access,
        visiting=nothing,
        members=nothing,
        tokens=nothing,
        sources=nothing,
        openapi=dict,
        long_work=nothing,
        news=nothing,
        answers=nothing,
    )
    return sorted({route.path for route in routes if isinstance(route, Route | Mount)} - {"/{path:path}"})


def list_operations() -> list[str]:
    """The paths for operators."""
    nothing: Any = None
    operations = Operations(backlogs=nothing, clock=nothing, health=nothing, metrics=nothing, openapi=dict, hosts=KnownHosts())
    return [route.path for route in operations.routes() if isinstance(route, Route)]


def proxy_body_limit_mebibytes() -> int:
    """How large a body a proxy must let through, in whole MiB."""
    largest = max(opening.body_limit_bytes for opening in list_openings())
    return -(-largest // MEBIBYTE)


def tabulate_openings() -> str:
    """Every prefix with who speaks there, and the largest body."""
    lines = ["| paths below | served | proof | largest body |", "|---|---|---|---|"]
    lines += [
        f"| {_code([opening.prefix])} | {' and '.join(NAMES[name] for name in opening.protocols)} | the API's own | "
        f"{_size(opening.body_limit_bytes)} |"
        for opening in list_openings()
    ]
    open_paths = {"/static", WELCOME_PATH, LOGIN_PATH}
    pages = sorted({f"/{path.split('/')[1]}" for path in list_pages() if path not in open_paths})
    lines.append(f"| {_code(pages)} | web pages | the session's cookie | {_size(FORM_LIMIT_BYTES)} |")
    lines.append(f"| {_code([LOGIN_PATH])} | the form that signs in | none | {_size(FORM_LIMIT_BYTES)} |")
    lines.append(
        f"| {_code([WELCOME_PATH])} | links that set a password: keep them out of access logs | the secret in it | "
        f"{_size(FORM_LIMIT_BYTES)} |"
    )
    lines.append("| `/static` | style and scripts of the pages | none | |")
    lines += [f"| {_code([path])} | {_audience(path)} | none | |" for path in list_operations()]
    return "\n".join(lines)


def tabulate_limits() -> str:
    """What a proxy is set to."""
    return "\n".join(
        [
            "| limit | value |",
            "|---|---|",
            f"| body that a proxy lets through | {proxy_body_limit_mebibytes()} MiB |",
            f"| head of a request, with the longest line of it | {HEAD_LIMIT_BYTES // KIBIBYTE} KiB |",
            f"| kept from outside | {_code(INSIDE_PATHS)} |",
        ]
    )


DRAWINGS = {"openings": tabulate_openings, "limits": tabulate_limits}


def main() -> int:
    """Write the page."""
    PAGE.write_text(redraw(PAGE.read_text(encoding="utf-8"), DRAWINGS), encoding="utf-8")
    return 0


def _prefix_of(path: str, pages: set[str]) -> str:
    segments = path.split("/")[1:]
    return "/" + "/".join(segments[:2] if segments[0] in pages else segments[:1])


def _audience(path: str) -> str:
    return "operators; block it from outside" if path in INSIDE_PATHS else "everybody"


def _code(paths: Iterable[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _size(limit_bytes: int) -> str:
    if limit_bytes < MEBIBYTE:
        return f"{limit_bytes // KIBIBYTE} KiB" if limit_bytes else ""
    whole, rest = divmod(limit_bytes, MEBIBYTE)
    return f"{whole} MiB and {rest // KIBIBYTE} KiB" if rest else f"{whole} MiB"


if __name__ == "__main__":
    sys.exit(main())
