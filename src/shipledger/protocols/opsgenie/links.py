"""Absolute links, and links to the pages of a list."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET
from msgspec.structs import asdict
from starlette.requests import Request

from shipledger.protocols.opsgenie.parameters import Page
from shipledger.protocols.opsgenie.wire import PagingOut


def base_url_of(request: Request, public_url: str) -> str:
    """What links begin with: ``public_url``, or as the request did when it is empty.

    By hand: Starlette's URL raises for a Host header that is no host.
    """
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("host")
    if not host:
        address, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"{address}:{port}" if port else address
    return f"{request.scope.get('scheme', 'http')}://{host}"


def page_links(page: Page, total: int, link: Callable[[int], str]) -> PagingOut:
    """The links of ``page`` of ``total`` things; ``link`` gives the one to an offset.

    ``offset`` must be the third parameter of every link: the Terraform provider splits the link at ``&`` and takes the third.
    """
    following = page.offset + page.limit
    return PagingOut(
        first=link(0),
        last=link(max(total - 1, 0) // page.limit * page.limit),
        next=link(following) if following < total else UNSET,
        prev=link(max(page.offset - page.limit, 0)) if page.offset > 0 else UNSET,
    )


def paging_headers(paging: PagingOut) -> dict[str, str]:
    """The same links as headers."""
    return {f"X-Paging-{name.capitalize()}": link for name, link in asdict(paging).items() if link is not UNSET}
