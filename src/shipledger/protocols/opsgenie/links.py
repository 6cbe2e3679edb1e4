"""Links to the pages of a list."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET
from msgspec.structs import asdict

from shipledger.protocols.opsgenie.parameters import Page
from shipledger.protocols.opsgenie.wire import PagingOut


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
