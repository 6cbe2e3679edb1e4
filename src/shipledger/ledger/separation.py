"""Move reports to the run they belong to, by entries in both runs; appended entries never change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.actor import actor_of
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import fold
from shipledger.ledger.history import fold_history
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.runs import Arrangement, Histories, Said, SaidOrder, owner_of
from shipledger.ledger.submission import Separate


class Separation(Struct, frozen=True):
    """What to append before a report is decided on ``current``, and the ``adopted`` entries for the run it starts."""

    current: Deployment | None
    entries: tuple[Entry, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    adopted: tuple[Entry, ...] = ()


def separate(arrangement: Arrangement, histories: Histories, receipt: Receipt, item: int, now: datetime) -> Separation:
    """The separation for ``arrangement``, caused by item ``item`` of ``receipt``. Raises Damaged if a history is damaged."""
    groups = arrangement.groups
    if not groups:
        return Separation(current=arrangement.current)
    ids = [_id_of(group) for group in groups]
    places = {id(said): deployment_id for group, deployment_id in zip(groups, ids, strict=True) for said in group}
    runs = {said.owner.deployment_id: said.owner for group in groups for said in group if said.owner is not None}
    own_id = ids[0]
    adopted: tuple[Entry, ...] = ()
    entries: list[Entry] = []
    deployments: dict[str, Deployment] = {}
    for group, deployment_id in zip(groups, ids, strict=True):
        known = runs.get(deployment_id)
        foreign = sorted(filter(_is_foreign_to(deployment_id), group), key=_records_first)
        arriving = [_enter(said.entry, deployment_id, now) for said in foreign]
        if known is None and _is_begun_by_arrival(group):
            adopted = tuple(arriving)
            continue
        appended = arriving
        if known is not None:
            leaving = [said for said in _said_by(groups, known) if places[id(said)] != deployment_id]
            appended = [*_leave(known, leaving, places, _cause(receipt, item, now)), *arriving]
        history = [] if known is None else list(histories[known.organization_id, known.deployment_id])
        numbered = [replace(one, version=version) for version, one in enumerate(appended, start=len(history) + 1)]
        if numbered:
            entries += numbered
            folded = fold_history([*history, *numbered])
            if folded is not None:
                deployments[deployment_id] = folded
    current = deployments.get(own_id, arrangement.current)
    return Separation(current=current, entries=tuple(entries), deployments=tuple(deployments.values()), adopted=adopted)


def adopt(begun: Deployment, adopted: Iterable[Entry]) -> tuple[list[Entry], Deployment]:
    """The ``adopted`` entries appended to the new run ``begun``, and the resulting run."""
    entries = []
    for one in adopted:
        entry = replace(one, deployment_id=begun.deployment_id, version=begun.version + 1)
        begun = fold(begun, entry)
        entries.append(entry)
    return entries, begun


def _id_of(group: Sequence[Said]) -> str:
    """The run of a group: the existing one, else the one created by its first record."""
    owner = owner_of(group)
    if owner is not None:
        return owner.deployment_id
    return min((said for said in group if said.start is not None), key=lambda said: said.order).record_id


def _is_begun_by_arrival(group: Sequence[Said]) -> bool:
    """Whether the report being decided is the first record of a new run."""
    return min((said for said in group if said.start is not None), key=lambda said: said.order).entry is None


def _said_by(groups: Iterable[Iterable[Said]], run: Deployment) -> list[Said]:
    return [said for group in groups for said in group if said.owner is run]


def _is_foreign_to(deployment_id: str) -> Callable[[Said], bool]:
    return lambda said: said.owner is not None and said.owner.deployment_id != deployment_id


def _records_first(said: Said) -> tuple[bool, SaidOrder]:
    """A history starts with a record."""
    return said.start is None, said.order


def _enter(entry: Entry | None, deployment_id: str, now: datetime) -> Entry:
    assert entry is not None  # noqa: S101  what has an owner stands in it by an entry
    return replace(entry, deployment_id=deployment_id, recorded_at=now)


def _leave(run: Deployment, leaving: Sequence[Said], places: dict[int, str], cause: Entry) -> list[Entry]:
    """The entry in ``run`` that moves some of its entries to other runs."""
    if not leaving:
        return []
    versions = tuple(sorted(said.entry.version for said in leaving if said.entry is not None))
    other_ids = tuple(sorted({places[id(said)] for said in leaving}))
    submission = Separate(source=run.source, versions=versions, other_ids=other_ids)
    return [replace(cause, deployment_id=run.deployment_id, submission=submission)]


def _cause(receipt: Receipt, item: int, now: datetime) -> Entry:
    """An entry caused by item ``item`` of ``receipt``; its place and submission are filled in later."""
    return Entry(
        organization_id=receipt.organization_id,
        deployment_id="",
        version=0,
        receipt_id=receipt.receipt_id,
        item=item,
        accepted_at=receipt.accepted_at,
        recorded_at=now,
        submission=Separate(source="", versions=(), other_ids=()),
        actor=actor_of(receipt),
    )
