"""What decisions about deployments depend on, loaded once for a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.deployments.lookups import Loaded, Lookup, Seek
from shipledger.deployments.working_set import WorkingSet, all_lookups
from shipledger.ledger.aggregate import Asked
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import Damaged, fold_history, fold_removed
from shipledger.ledger.runs import Histories
from shipledger.ledger.submission import Alias, RecordDeployment, UndoCorrection
from shipledger.long_work import run_beside

_SIZE_OF_SUBMISSION = 300
"""Cost of listing what a submission looks for, in characters read."""


class Reader(Protocol):
    """What of a store is asked."""

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        """The deployments of lookups."""

    async def list_entries(self, organization_id: str, deployment_id: str) -> list[Entry]:
        """The entries of a deployment, oldest first."""

    async def find_known_workspaces(self, organization_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """The known workspaces by organization."""


class DeploymentKnowledge(Struct, frozen=True):
    """See ``ledger.aggregate.Knowledge``. ``workspaces`` is None where no submission requires any."""

    loaded: Loaded
    workspaces: Mapping[str, frozenset[str]] | None = None

    @property
    def records(self) -> Sequence[Deployment]:
        return [*self.loaded.deployments.values()]

    def begin(self, histories: Histories, *, is_guarded: bool) -> WorkingSet:
        return WorkingSet(self.loaded, histories, workspaces=self.workspaces, is_guarded=is_guarded)

    def version_of(self, place: tuple[str, str]) -> int:
        return self.loaded.deployments[place].version


async def study(store: Reader, asked: Sequence[Asked], shared: Sequence[tuple[str, Alias]]) -> DeploymentKnowledge:
    """Load what decisions about ``asked`` depend on. Names that are ``shared`` are looked up besides.

    Workspaces are read last: one that is mapped meanwhile is known, and none is asked for where nobody requires one.
    """

    def list_lookups() -> list[Lookup]:
        lookups = all_lookups((one.receipt.organization_id, (one.submission,)) for one in asked)
        return lookups + [_lookup_of(owner, alias) for owner, alias in shared]

    loaded = await store.load(await run_beside(list_lookups, size=_SIZE_OF_SUBMISSION * len(asked)))
    loaded = await _with_removed(store, asked, loaded)
    loaded = await _with_merged(store, loaded)
    asking = sorted({one.receipt.organization_id for one in asked if _asks_for_workspaces(one)})
    return DeploymentKnowledge(loaded, await store.find_known_workspaces(asking) if asking else None)


async def _with_removed(store: Reader, asked: Sequence[Asked], loaded: Loaded) -> Loaded:
    """``loaded`` with the deployments that were removed by hand and may be brought back, by their entries.

    With them comes whatever has taken one of their identities meanwhile.
    """
    places = [
        (one.receipt.organization_id, one.submission.target.key) for one in asked if isinstance(one.submission, UndoCorrection)
    ]
    removed: dict[tuple[str, str], Deployment] = {}
    for place in dict.fromkeys(places):
        if place not in loaded.deployments:
            folded = fold_removed(await store.list_entries(*place))
            if folded is not None:
                removed[place] = folded
    if not removed:
        return loaded
    lookups = [
        Lookup(organization_id=one.organization_id, alias=alias, seek=Seek.OWN)
        for one in removed.values()
        for alias in one.identities
    ]
    others = await store.load(lookups)
    return Loaded(
        deployments={**others.deployments, **loaded.deployments, **removed},
        by_alias={**others.by_alias, **loaded.by_alias},
        sought={**others.sought, **loaded.sought},
    )


def _fold(entries: Sequence[Entry]) -> Deployment | None:
    try:
        return fold_history(entries)
    except Damaged:  # which verify tells; it is not there
        return None


async def _with_merged(store: Reader, loaded: Loaded) -> Loaded:
    """``loaded`` with the hosts of what was found, and what is merged into it."""
    others = _list_merged(loaded)
    if not others:
        return loaded
    found = {**(await store.load(others)).deployments, **loaded.deployments}
    removed: dict[tuple[str, str], Deployment] = {}
    for one in loaded.deployments.values():
        place = (one.organization_id, one.merged_into)
        if one.merged_into and place not in found and (entries := await store.list_entries(*place)):
            folded = _fold(entries)
            if folded is not None:
                removed[place] = folded
    return replace(loaded, deployments=found, removed_hosts=removed)


def _list_merged(loaded: Loaded) -> list[Lookup]:
    """The hosts of what was loaded, and what is merged into it."""
    wanted = {
        (one.organization_id, other): None
        for one in loaded.deployments.values()
        if one.merged_into or one.told
        for other in (one.merged_into, *(told.deployment_id for told in one.told[1:]))
        if other and (one.organization_id, other) not in loaded.deployments
    }
    return [Lookup(organization_id=organization_id, deployment_id=deployment_id) for organization_id, deployment_id in wanted]


def _lookup_of(organization_id: str, alias: Alias) -> Lookup:
    """A name in no scope is an id."""
    if alias.scope:
        return Lookup(organization_id=organization_id, alias=alias)
    return Lookup(organization_id=organization_id, deployment_id=alias.key)


def _asks_for_workspaces(one: Asked) -> bool:
    return isinstance(one.submission, RecordDeployment) and bool(one.submission.required_workspaces)
