"""Canonical names of repositories, ``host/owner/name``, across protocols."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.errors import Invalid
from shipledger.ledger.identity import bare_uuid

DEFAULT_HOST = "bitbucket.org"
_NUMBER = re.compile(r"[0-9]{1,255}")
_WITHOUT_HOST = re.compile(r"[^\s/:@?#]+(/[^\s/:@?#]+)+/?")


def canonical_repository(text: str) -> str:
    """The canonical name of a clone URL, a web URL, ``host/owner/name`` or ``workspace/slug`` (then on bitbucket.org).

    Raises Invalid when no host and path can be read.
    """
    name = read_clone_url(text)
    if name is not None:
        return name
    plain = text.strip()
    if not _WITHOUT_HOST.fullmatch(plain):
        raise Invalid("repository", f"{text!r} is not a repository; use a clone URL or host/owner/name.")
    parts = plain.rstrip("/").removesuffix(".git").split("/")
    return "/".join([DEFAULT_HOST, *map(bare_uuid, parts)])


def name_to_map(text: str, recorded: Iterable[str]) -> str:
    """The name of a repository that somebody wants to map: a number or another id is one where a sender calls it so.

    ``recorded`` are the names under which deployments were recorded. Raises Invalid as ``canonical_repository`` does.
    """
    plain = text.strip()
    found = {repository_key(name): name for name in recorded}
    name = read_clone_url(plain)
    if name is None and (_NUMBER.fullmatch(plain) or repository_key(plain) in found):
        return found.get(repository_key(plain), plain)
    return canonical_repository(plain) if name is None else name


def repository_key(canonical_name: str) -> str:
    """A canonical name for comparison, ignoring case."""
    return canonical_name.casefold()


def former_name(canonical_name: str) -> str | None:
    """A repository's former name, from when ``shipledger record`` only knew Bitbucket Cloud; None if it is the same.

    Mappings that were made for that name go on.
    """
    host, _, path = canonical_name.partition("/")
    return f"{DEFAULT_HOST}/{path}" if host != DEFAULT_HOST and "/" in path else None


class RepositoryRecord(Struct, frozen=True):
    """A repository used by deployments, under any of its names. ``service_ids`` are its current mappings."""

    repository: str
    deployment_count: int
    last_started_at: datetime | None
    service_ids: tuple[str, ...]
    former_names: tuple[str, ...] = ()
