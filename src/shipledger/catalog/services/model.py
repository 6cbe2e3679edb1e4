"""A service, and what a receipt may ask about one. A service is the fold of its entries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import ServiceDraft
from shipledger.catalog.services.relation import Relation
from shipledger.ledger.repository_names import RepositoryName

KIND = "service"


class ServiceFacts(Struct, frozen=True, omit_defaults=True):
    """What is said about a service. UNSET: nothing. The members are those of ServiceDraft."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    team_id: str | UnsetType = UNSET
    visibility: str | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET

    def apply_to(self, draft: ServiceDraft) -> ServiceDraft:
        """``draft`` with what is said."""
        return replace(draft, **{name: said for name, said in asdict(self).items() if said is not UNSET})


class DeclareService(Struct, frozen=True, tag="declare-service", omit_defaults=True):
    """There is a service of this name. ``service_id`` is that of a new one.

    ``is_named``: a report named it, so one that is there is meant. ``slug`` "": it follows from the name. ``created_at`` None:
    now. The rest is what it has from the beginning; repositories have their canonical names.
    """

    service_id: str
    name: str
    facts: ServiceFacts = ServiceFacts()
    is_named: bool = False
    slug: str = ""
    created_at: datetime | None = None
    names: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


class ChangeService(Struct, frozen=True, tag="change-service", omit_defaults=True):
    """Change a service: its facts, its further names, its relations to other services, and the repositories that belong to it.

    Repositories have their canonical names.
    """

    service_id: str
    facts: ServiceFacts = ServiceFacts()
    add_names: tuple[str, ...] = ()
    remove_names: tuple[str, ...] = ()
    map: tuple[RepositoryName, ...] = ()
    unmap: tuple[str, ...] = ()
    relate: tuple[Relation, ...] = ()
    unrelate: tuple[Relation, ...] = ()


class RemoveService(Struct, frozen=True, tag="remove-service", omit_defaults=True):
    """Remove a service with its names, mappings and relations, never a deployment."""

    service_id: str


class MergeService(Struct, frozen=True, tag="merge-service"):
    """The service becomes one with the service ``into``, which takes over its names, repositories and relations."""

    service_id: str
    into: str


ServiceSubmission: TypeAlias = DeclareService | ChangeService | RemoveService | MergeService


class ServiceRecord(Struct, frozen=True):
    """A service as its entries make it. ``names`` are its further ones, as senders write them.

    It is written with its defaults: a default that was said is told from one that was not by which object it is.
    """

    organization_id: str
    service_id: str
    version: int
    slug: str
    draft: ServiceDraft
    created_at: datetime
    names: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    is_removed: bool = False
    relations: tuple[Relation, ...] = ()

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.service_id

    def take_over(self, other: ServiceRecord) -> ChangeService:
        """What it gets of a service that becomes one with it. Senders may also use the id and the slug of that."""
        own = {name.casefold() for name in (self.service_id, self.slug, self.draft.name, *self.names)}
        called = {name.casefold(): name for name in (other.service_id, *other.names, other.slug, other.draft.name)}
        mapped = {repository_key(name) for name in self.repositories}
        return ChangeService(
            self.service_id,
            add_names=tuple(name for key, name in called.items() if key not in own),
            map=tuple(name for name in other.repositories if repository_key(name) not in mapped),
            relate=tuple(one for one in other.relations if one.service_id != self.service_id and one not in self.relations),
        )
