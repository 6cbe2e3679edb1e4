"""Who wrote the commits that a deployment brought: who deployed, as long as its senders name nobody. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct

HASH_BYTES = 16
AUTHOR = "author:"


class Author(Struct, frozen=True, omit_defaults=True, order=True):
    """The author of a commit. ``address_hash`` stands for the address (``hash_address``), "" for none."""

    address_hash: str = ""
    name: str = ""


class BroughtBy(Struct, frozen=True):
    """The author of a commit, and which one."""

    commit: str
    author: Author


def hash_address(organization_id: str, address: str) -> str:
    """What stands for an address, in an organization, so that authors can be counted and not written to; "" for none."""
    plain = address.strip().casefold()
    key = organization_id.encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    return hashlib.blake2b(plain.encode("utf-8", "replace"), key=key, digest_size=HASH_BYTES).hexdigest() if plain else ""


def author_key(said: str) -> str:
    """The name by which deployments of an author are found, by the hash of the address or the author's name.

    A name is no login: whoever is called like somebody's login is somebody else.
    """
    return f"{AUTHOR}{said.casefold()}"


def join_authors(one: Mapping[str, Author], other: Mapping[str, Author]) -> dict[str, Author]:
    """The authors by either, by commit. Of two for one commit the greater counts, so that their order makes no difference."""
    joined = dict(one)
    for commit, author in other.items():
        joined[commit] = max(author, joined.get(commit, author))
    return joined
