"""Fold entries into a service. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import ServiceDraft
from shipledger.catalog.services.model import ChangeService, DeclareService, MergeService, RemoveService, ServiceRecord
from shipledger.catalog.services.names import slug_of
from shipledger.catalog.services.relation import Relation
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.replay import replay

T = TypeVar("T")


def fold_history(entries: Sequence[RecordEntry]) -> ServiceRecord | None:
    """The service that all its entries make; None when the one that declares it is erased."""
    return replay(entries, fold, begins=lambda entry: isinstance(entry.submission, DeclareService))


def fold(current: ServiceRecord | None, entry: RecordEntry) -> ServiceRecord:
    """The service after ``entry``. Raises ValueError when it does not begin with a DeclareService."""
    said = entry.submission
    if isinstance(said, DeclareService):
        return ServiceRecord(
            organization_id=entry.organization_id,
            service_id=entry.subject_id,
            version=entry.version,
            slug=slug_of(said),
            draft=said.facts.apply_to(ServiceDraft(name=said.name)),
            created_at=said.created_at or entry.recorded_at,
            names=_join((), said.names, (), str.casefold),
            repositories=_join((), said.repositories, (), repository_key),
        )
    if current is None:
        raise ValueError("a service begins with the submission that declares it")
    if isinstance(said, RemoveService | MergeService):
        return replace(current, version=entry.version, is_removed=True)
    return replace(change(current, said), version=entry.version)


def change(current: ServiceRecord, said: ChangeService) -> ServiceRecord:
    """``current`` with a change."""
    return replace(
        current,
        draft=said.facts.apply_to(current.draft),
        names=_join(current.names, said.add_names, said.remove_names, str.casefold),
        repositories=_join(current.repositories, said.map, said.unmap, repository_key),
        relations=_join(current.relations, said.relate, said.unrelate, _itself),
    )


def _itself(relation: Relation) -> Relation:
    return relation


def _join(held: Iterable[T], added: Iterable[T], removed: Iterable[T], key_of: Callable[[T], Hashable]) -> tuple[T, ...]:
    """What is held, without what is removed, and then what is added, each as it was first written."""
    joined = {key_of(one): one for one in held}
    for one in removed:
        joined.pop(key_of(one), None)
    for one in added:
        joined.setdefault(key_of(one), one)
    return tuple(joined.values())
