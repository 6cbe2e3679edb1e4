"""``shipledger service history``."""

from __future__ import annotations

from shipledger.catalog.services.model import KIND
from shipledger.catalog.services.related_names import find_related_names
from shipledger.catalog.services.words import describe
from shipledger.cli.changes import print_changes
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.service_relations import ServiceArgument
from shipledger.errors import NotFound
from shipledger.ledger.aggregate import RecordEntry


def history(
    service: ServiceArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who changed a service, when and how, oldest first; of a deleted one by its id."""

    async def work(ledger: OpenLedger) -> tuple[list[RecordEntry], dict[str, str], dict[str, str]]:
        owner = (await ledger.get_organization(organization)).organization_id
        found = await ledger.store.find_service(owner, service)
        entries = await ledger.store.list_entries_of(KIND, owner, service if found is None else found.service_id)
        if not entries:
            raise NotFound("service", f"There is no service {service!r}, and none that was deleted has this id.")
        called = await find_related_names(ledger.store, owner, [one.submission for one in entries])
        return entries, called, await ledger.name_actors(owner, entries)

    entries, called, names = with_ledger(database, work)
    print_changes(entries, [describe(one.submission, called) for one in entries], names, as_json=as_json)
