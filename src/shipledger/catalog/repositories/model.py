"""A repository, and what a receipt may ask about one. A repository is the fold of its entries.

There is a record only of those that have, or may have, another name.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from msgspec import Struct

from shipledger.catalog.repository import repository_key
from shipledger.ledger.repository_names import RepositoryName

KIND = "repository"

NAMES_LIMIT = 50
"""Former names of one repository: each pair of names is a row."""


class NameRepository(Struct, frozen=True, tag="name-repository", omit_defaults=True):
    """A report names a repository. An earlier version may have recorded it as ``former_name``, whose services it gets.

    ``repository_id`` is that of a new record, "" for one that follows from the receipt.
    """

    repository: RepositoryName
    former_name: str
    repository_id: str = ""


class LeaveFormerName(Struct, frozen=True, tag="leave-former-name"):
    """Somebody has said which services a repository belongs to: those of the name that it may have had no longer count."""

    repository: RepositoryName


class RenameRepository(Struct, frozen=True, tag="rename-repository", omit_defaults=True):
    """``former_name`` is called ``repository`` now: both are one repository.

    ``joined`` and ``followed`` are decided: the names that ``former_name`` itself had before, and those that it followed.
    """

    former_name: str
    repository: RepositoryName
    joined: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()


class SeparateRepository(Struct, frozen=True, tag="separate-repository"):
    """``former_name`` is another repository than ``repository`` after all."""

    former_name: str
    repository: RepositoryName


class JoinRepository(Struct, frozen=True, tag="join-repository"):
    """The record of a repository ends, since it is one of the names of ``repository`` now. Only a renaming asks for it."""

    repository: str


RepositorySubmission: TypeAlias = NameRepository | LeaveFormerName | RenameRepository | SeparateRepository | JoinRepository


class Repository(Struct, frozen=True):
    """A repository as its entries make it. ``name`` and ``former_names`` are canonical; all of them name the same one.

    ``followed``: names that it may have had: it belongs to their services, too, until somebody maps it. ``is_told``: a report
    has named it, so that these are known.
    """

    organization_id: str
    repository_id: str
    version: int
    name: str
    former_names: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    is_told: bool = False
    is_removed: bool = False

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.repository_id

    @property
    def names(self) -> tuple[str, ...]:
        """The present one and then the former ones."""
        return (self.name, *self.former_names)

    def has(self, name: str) -> bool:
        """Whether it is or was called so."""
        return repository_key(name) in map(repository_key, self.names)
