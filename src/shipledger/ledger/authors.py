"""Who wrote the commits that a deployment brought: who deployed, as long as its senders name nobody. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Author(Struct, frozen=True, omit_defaults=True, order=True):
    """The author of a commit. ``address_hash`` stands for the address (``catalog.told.hash_address``), "" for none."""

    address_hash: str = ""
    name: str = ""


class BroughtBy(Struct, frozen=True):
    """The author of a commit, and which one."""

    commit: str
    author: Author


def author_key(address_hash: str) -> str:
    """The name by which deployments of an author are found; no address compares so."""
    return f"author:{address_hash}"


def join_authors(one: Mapping[str, Author], other: Mapping[str, Author]) -> dict[str, Author]:
    """The authors by either, by commit. Of two for one commit the greater counts, so that their order makes no difference."""
    joined = dict(one)
    for commit, author in other.items():
        joined[commit] = max(author, joined.get(commit, author))
    return joined
