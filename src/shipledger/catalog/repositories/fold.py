"""Fold entries into a repository. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shipledger.catalog.repositories.model import (
    JoinRepository,
    LeaveFormerName,
    NameRepository,
    RenameRepository,
    Repository,
    SeparateRepository,
)
from shipledger.catalog.repository import repository_key
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.replay import replay


def fold_history(entries: Sequence[RecordEntry]) -> Repository | None:
    """The repository that all its entries make; None when those that begin it are erased."""
    return replay(entries, fold, begins=lambda entry: isinstance(entry.submission, NameRepository | RenameRepository))


def fold(current: Repository | None, entry: RecordEntry) -> Repository:
    """The repository after ``entry``. Raises ValueError when it begins with neither a report nor a renaming."""
    said = entry.submission
    if current is None:
        if not isinstance(said, NameRepository | RenameRepository):
            raise ValueError("a repository begins with a report or a renaming")
        current = Repository(entry.organization_id, entry.subject_id, 0, said.repository)
    return replace(_change(current, said), version=entry.version)


def _change(current: Repository, said: object) -> Repository:
    if isinstance(said, NameRepository):
        return replace(current, is_told=True, followed=_without((*current.followed, said.former_name), current.names))
    if isinstance(said, LeaveFormerName):
        return replace(current, followed=())
    if isinstance(said, RenameRepository):
        return _rename(current, said)
    if isinstance(said, SeparateRepository):
        return replace(current, former_names=_without(current.former_names, (said.former_name,)))
    return replace(current, is_removed=isinstance(said, JoinRepository))


def _rename(current: Repository, said: RenameRepository) -> Repository:
    """What is called ``repository`` now; the name that another record has taken stays the present one."""
    goes_back = current.has(said.former_name) and current.has(said.repository)
    name = said.repository if goes_back else current.name
    former_names = _without((*current.former_names, current.name, said.former_name, *said.joined), (name,))
    followed = _without((*current.followed, *said.followed), (name, *former_names))
    return replace(current, name=name, former_names=former_names, followed=followed)


def _without(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Each of ``names`` once, as it was first written, without ``others``."""
    left = {repository_key(name): name for name in reversed([*names])}
    for other in others:
        left.pop(repository_key(other), None)
    return tuple(reversed(left.values()))
