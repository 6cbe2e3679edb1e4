"""Links to the pages of a list."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET
from msgspec.structs import asdict

from shipledger.protocols.opsgenie.parameters import Page
from shipledger.protocols.opsgenie.wire import PagingOut

HEADER_LIMIT = 1_000
"""How long a link in a header may be. There are four of them, and many a proxy takes 4 or 8 KB of headers in all."""


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
    """The same links as headers, those that are not longer than proxies take."""
    links = asdict(paging)
    return {
        f"X-Paging-{name.capitalize()}": link for name, link in links.items() if link is not UNSET and len(link) <= HEADER_LIMIT
    }
