"""Services, described as an aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from shipledger.catalog.service import Service
from shipledger.catalog.services.decide import decide
from shipledger.catalog.services.fold import fold_history
from shipledger.catalog.services.model import (
    KIND,
    ChangeService,
    DeclareService,
    MergeService,
    RemoveService,
    ServiceFacts,
    ServiceRecord,
)
from shipledger.catalog.services.names import call, id_of, known_by, names_in
from shipledger.catalog.services.rows import COLUMNS, PARTS, to_columns
from shipledger.ledger.aggregate import Aggregate, Keeping, RecordEntry, Told
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.verdict import Reason


class FormerStore(Protocol):
    """What of a store is asked about rows without entries."""

    async def list_former_services(self, organization_id: str) -> Sequence[tuple[Service, tuple[str, ...], tuple[str, ...]]]:
        """Services that no entry declares, with their further names and repositories."""


async def find_former(store: FormerStore, organization_id: str) -> list[DeclareService]:
    """What declares the services of a version that kept them without entries."""
    found = await store.list_former_services(organization_id)
    return [declare_as(service, names=names, repositories=repositories) for service, names, repositories in found]


def declare_as(service: Service, *, names: tuple[str, ...] = (), repositories: tuple[str, ...] = ()) -> DeclareService:
    """What declares a service just as it is."""
    draft = service.draft
    return DeclareService(
        service_id=service.service_id,
        name=draft.name,
        facts=ServiceFacts(description=draft.description, team_id=draft.team_id, visibility=draft.visibility, tags=draft.tags),
        slug=service.slug,
        created_at=service.created_at,
        names=names,
        repositories=repositories,
    )


def began_at(said: Any) -> datetime | None:
    """When a service was created, as what declares it says."""
    return said.created_at if isinstance(said, DeclareService) else None


def tells(entry: RecordEntry) -> Told:
    """A mapping changes: what the deployments of a repository, or of a name, belong to."""
    said = entry.submission
    if isinstance(said, ChangeService):
        return Told("mapping", (entry.subject_id,), (*said.map, *said.unmap))
    return Told("mapping", (entry.subject_id,), said.repositories if isinstance(said, DeclareService) else ())


SERVICES = Aggregate(
    kind=KIND,
    submissions=(DeclareService, ChangeService, RemoveService, MergeService),
    records=(DeclareService,),
    removals=(RemoveService, MergeService),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.UNKNOWN_SERVICE,
    study=study_by_name(Rules(KIND, names_in, known_by, decide, about=id_of)),
    state=ServiceRecord,
    fold_history=fold_history,
    keeping=Keeping(
        entries="service_entry",
        table="service",
        id="service_id",
        columns=COLUMNS,
        to_columns=to_columns,
        parts=PARTS,
    ),
    tells=tells,
    is_shared=True,
    find_former=find_former,
    began_at=began_at,
)
