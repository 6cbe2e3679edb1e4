"""What of a repository stands in columns and in a table of its own. Pure."""

from __future__ import annotations

from typing import NamedTuple

from shipledger.catalog.repositories.model import Repository
from shipledger.catalog.repository import repository_key
from shipledger.ledger.aggregate import Column, Subtable
from shipledger.texts import indexable

COLUMNS = (Column("name", "text"),)


def to_columns(repository: Repository) -> tuple[str]:
    """The present name."""
    return (repository.name,)


class Link(NamedTuple):
    """That a repository, by one of its names, has the services of another name. ``is_guess``: it may have had that name.

    Keys are names without case; ``present_key`` is that of its present name.
    """

    name_key: str
    name: str
    present_key: str
    other_key: str
    is_guess: int


def list_links(repository: Repository) -> list[Link]:
    """For each name the others whose services it has: all names of the repository, and those that it may have had."""
    names, present = {_key(name): name for name in repository.names}, _key(repository.name)
    same = [Link(key, name, present, other, 0) for key, name in names.items() for other in names if other != key]
    guessed = {_key(name): None for name in repository.followed if _key(name) not in names}
    return [*same, *(Link(key, name, present, other, 1) for key, name in names.items() for other in guessed)]


def _key(name: str) -> str:
    return indexable(repository_key(name))


PARTS = (
    Subtable(
        "repository_link",
        (
            Column("name_key", "text"),
            Column("name", "text"),
            Column("present_key", "text"),
            Column("other_key", "text"),
            Column("is_guess", "integer"),
        ),
        list_links,
    ),
)
