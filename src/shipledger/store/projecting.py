"""The seam of projections: whoever derives something from entries hears here of every cause of change.

A subscriber writes rows in the transaction of the change, or notes durably in it that there is work for later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.session import Session, Steps

Key: TypeAlias = tuple[str, str]
"""Of a record: its organization and its id."""


class Cause(StrEnum):
    """Why something that is derived from entries may no longer be right."""

    SETTLEMENT = "settlement"
    """Receipts were settled: reports, removals, corrections."""
    ERASURE = "erasure"
    """Entries lost their words."""
    TIERS = "tiers"
    """The rules of an organization for tiers changed, or were applied to recorded deployments."""
    MAPPING = "mapping"
    """Services, their names or their repositories changed."""
    SETTINGS = "settings"
    """Settings of an organization changed."""
    REBUILD = "rebuild"
    """Everything is computed anew from entries, after a command or an upgrade."""
    IMPORT = "import"
    """The ledger was moved or restored to this database, with the rows that were derived before."""


class Change(Struct, frozen=True, dict=True):
    """What changed, and why.

    ``deployments`` and ``records``, of all other kinds, are the folds as they stand now, by key, each once, also of those that
    are removed now; deployments have the tiers by the rules. ``erased_deployments`` and ``erased_records``, with their kinds: of
    these nothing is left.
    ``new``: those of the deployments whose first entry this transaction appends. ``entries``: those that a settlement appends.
    ``is_whole``: what was derived from anything in the database may be wrong; in a rebuild everything is told anew after it.
    ``organization_id``, ``service_ids`` and ``repository_keys``: of a mapping, or a rule for tiers.
    """

    cause: Cause
    deployments: tuple[Deployment, ...] = ()
    erased_deployments: tuple[Key, ...] = ()
    records: tuple[Any, ...] = ()
    erased_records: tuple[tuple[str, Key], ...] = ()
    new: frozenset[Key] = frozenset()
    is_whole: bool = False
    entries: tuple[Any, ...] = ()
    organization_id: str = ""
    service_ids: tuple[str, ...] = ()
    repository_keys: tuple[str, ...] = ()

    def records_of(self, kind: str) -> Sequence[Any]:
        """The records of a kind that is not that of deployments."""
        return [one for one in self.records if one.kind == kind]

    def erased_of(self, kind: str) -> Sequence[Key]:
        """Those of a kind of which nothing is left."""
        return [key for one, key in self.erased_records if one == kind]

    @cached_property
    def kept(self) -> list[Deployment]:
        """The deployments that are not removed."""
        return [one for one in self.deployments if not one.is_removed]

    @cached_property
    def replaced(self) -> list[Key]:
        """The deployments of which something may have been derived before."""
        return [*(key for one in self.deployments if (key := key_of(one)) not in self.new), *self.erased_deployments]

    @cached_property
    def replaced_keys(self) -> str:
        """The same as JSON for a statement, made once for all tables; "" if there are none."""
        return rows.to_json(self.replaced) if self.replaced else ""


class Subscriber(Protocol):
    """Derives something from entries."""

    def hear(self, change: Change) -> Steps[None]:
        """What to do about a change in its transaction.

        Rows are made now, so that the database is not kept waiting for them. The steps may never be run: a transaction
        that fails is decided again, and its change told anew.
        """


class Projecting(Session):
    """A store that tells its subscribers of changes. ``_list_subscribers`` gives every one of its kind, whoever opens it."""

    def _list_subscribers(self) -> Iterable[Subscriber]:
        return ()

    @cached_property
    def _subscribers(self) -> list[Subscriber]:
        return list(self._list_subscribers())

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell ``subscriber``, too, of each change that this store makes from now on."""
        self._subscribers.append(subscriber)

    def _tell(self, change: Change) -> Steps[None]:
        """What the subscribers do about a change, in the order in which they were registered.

        By key: two nodes that change the same deployments wait for each other rather than deadlock.
        """
        ordered = replace(change, deployments=tuple(sorted(change.deployments, key=key_of)))
        heard = [one.hear(ordered) for one in self._subscribers]

        def tell() -> Steps[None]:
            for steps in heard:
                yield from steps

        return tell()


def key_of(record: Any) -> Key:
    """Where a record of any kind is found."""
    return record.organization_id, record.subject_id
