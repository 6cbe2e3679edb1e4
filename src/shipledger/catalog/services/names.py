"""The names by which services are found, and by which receipts concern them. Pure."""

from __future__ import annotations

from shipledger.catalog.service import own_slug, slugify
from shipledger.catalog.services.model import ChangeService, DeclareService, MergeService, ServiceRecord, ServiceSubmission
from shipledger.ledger.submission import Alias

ID = ""
SLUG = "slug"
NAME = "name"
FURTHER = "further"


def id_of(submission: ServiceSubmission) -> tuple[Alias, ...]:
    """The name that says which service a submission is about."""
    return (Alias(ID, submission.service_id),)


def names_in(submission: ServiceSubmission) -> tuple[Alias, ...]:
    """All names that a submission concerns: of the service, and those that it is to have."""
    own = id_of(submission)
    if isinstance(submission, DeclareService):
        slugs = {slug_of(submission): None, own_slug(slug_of(submission), submission.service_id): None}
        further = (alias for name in submission.names for alias in aliases_of(name))
        return (*own, name_alias(submission.name), *(Alias(SLUG, slug) for slug in slugs), *further)
    if isinstance(submission, ChangeService):
        renamed = (name_alias(submission.facts.name),) if isinstance(submission.facts.name, str) else ()
        related = (Alias(ID, one.service_id) for one in submission.relate)
        return (*own, *renamed, *(alias for name in submission.add_names for alias in aliases_of(name)), *related)
    if isinstance(submission, MergeService):
        return (*own, Alias(ID, submission.into))
    return own


def known_by(service: ServiceRecord) -> tuple[Alias, ...]:
    """All names of a service."""
    further = dict.fromkeys(Alias(FURTHER, name.casefold()) for name in service.names)
    return (Alias(ID, service.service_id), Alias(SLUG, service.slug), name_alias(service.draft.name), *further)


def aliases_of(name: str) -> tuple[Alias, ...]:
    """What a sender may mean by ``name``: an id, a slug, a name or a further name."""
    key = name.casefold()
    return Alias(ID, name), Alias(SLUG, key), Alias(NAME, key), Alias(FURTHER, key)


def name_alias(name: str) -> Alias:
    """The name of a service, without case."""
    return Alias(NAME, name.casefold())


def slug_of(submission: DeclareService) -> str:
    """The slug that a new service gets, unless it is taken."""
    return submission.slug or slugify(submission.name)


def call(submission: ServiceSubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.name if isinstance(submission, DeclareService) else submission.service_id
