"""The names by which repositories are found, and by which receipts concern them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shipledger.catalog.repositories.model import (
    JoinRepository,
    LeaveFormerName,
    RenameRepository,
    Repository,
    RepositorySubmission,
    SeparateRepository,
)
from shipledger.catalog.repository import repository_key
from shipledger.catalog.services.model import ChangeService, DeclareService
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias

ID = ""
NAME = "name"
SERVICE = "service"


def name_alias(name: str) -> Alias:
    """A repository by any of its names, without case."""
    return Alias(NAME, repository_key(name))


def names_in(submission: Any) -> tuple[Alias, ...]:
    """The names that a submission concerns; also of one about a service, which repositories follow."""
    if isinstance(submission, RenameRepository | SeparateRepository):
        return (name_alias(submission.repository), name_alias(submission.former_name))
    if isinstance(submission, ChangeService | DeclareService):
        return tuple(map(name_alias, _mapped_by(submission)))
    return (name_alias(submission.repository),) if isinstance(submission, RepositorySubmission) else ()


def known_by(repository: Repository) -> tuple[Alias, ...]:
    """All names of a repository."""
    return (Alias(ID, repository.repository_id), *dict.fromkeys(map(name_alias, repository.names)))


def call(submission: RepositorySubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.repository


def follower_alias(service_id: str) -> Alias:
    """The name by which the follower of a service would be found: repositories are found by what is mapped instead."""
    return Alias(SERVICE, service_id)


def asks(_receipt: Receipt, _item: int, decided: Decided) -> Iterator[LeaveFormerName | JoinRepository]:
    """What an outcome about a service asks of repositories: whoever maps one, or undoes that, says what it belongs to."""
    for entry in decided.entries:
        if isinstance(entry.submission, ChangeService | DeclareService):
            yield from map(LeaveFormerName, _mapped_by(entry.submission))


def _mapped_by(submission: ChangeService | DeclareService) -> tuple[str, ...]:
    if isinstance(submission, ChangeService):
        return tuple(dict.fromkeys((*submission.map, *submission.unmap)))
    return submission.repositories
