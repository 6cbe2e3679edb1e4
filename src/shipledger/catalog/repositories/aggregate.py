"""Repositories, described as an aggregate: they follow services, as whoever maps one says what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shipledger.catalog.repositories.decide import decide
from shipledger.catalog.repositories.fold import fold_history
from shipledger.catalog.repositories.model import (
    KIND,
    JoinRepository,
    LeaveFormerName,
    NameRepository,
    RenameRepository,
    Repository,
    SeparateRepository,
)
from shipledger.catalog.repositories.names import asks, call, follower_alias, known_by, names_in
from shipledger.catalog.repositories.rows import COLUMNS, PARTS, to_columns
from shipledger.catalog.services.model import KIND as SERVICE
from shipledger.ledger.aggregate import Aggregate, Following, Keeping, RecordEntry, Told
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.verdict import Reason


class FormerStore(Protocol):
    """What of a store is asked about rows without entries."""

    async def list_former_repositories(self, organization_id: str) -> Sequence[tuple[NameRepository, bool]]:
        """What names the repositories that no entry names, and whether each follows its former name."""


async def find_former(store: FormerStore, organization_id: str) -> list[NameRepository | LeaveFormerName]:
    """What makes the repositories of a version that kept them without entries."""
    asked: list[NameRepository | LeaveFormerName] = []
    for named, is_followed in await store.list_former_repositories(organization_id):
        asked += [named] if is_followed else [named, LeaveFormerName(named.repository)]
    return asked


def tells(entry: RecordEntry) -> Told:
    """What the deployments of these names belong to changes."""
    said = entry.submission
    former = (said.former_name,) if hasattr(said, "former_name") else ()
    return Told("mapping", (), (said.repository, *former))


REPOSITORIES = Aggregate(
    kind=KIND,
    submissions=(NameRepository, LeaveFormerName, RenameRepository, SeparateRepository, JoinRepository),
    records=(NameRepository, RenameRepository),
    removals=(JoinRepository,),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names_in, known_by, decide)),
    state=Repository,
    fold_history=fold_history,
    follows=Following(kind=SERVICE, name_of=follower_alias, about=lambda _: "", asks=asks, may_open=lambda _: False),
    keeping=Keeping(
        entries="repository_entry",
        table="named_repository",
        id="repository_id",
        names="repository_name",
        columns=COLUMNS,
        to_columns=to_columns,
        parts=PARTS,
    ),
    tells=tells,
    is_shared=True,
    find_former=find_former,
)
