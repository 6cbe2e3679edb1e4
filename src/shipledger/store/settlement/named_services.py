"""The services that what is settled names: they exist once it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shipledger.catalog.service import Service, ServiceDraft, own_slug, slugify
from shipledger.clock import from_microseconds
from shipledger.ledger.identity import derive_id
from shipledger.store import rows
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.session import Steps, call


def create_named_services(receipts: Sequence[SettledReceipt], *, settled_us: int) -> Steps[list[Service]]:
    """What creates the services that are named and are not there, and gives them. It comes first in its transaction.

    Two nodes that create the same ones at once create them in the same order, so that none waits for what the other holds.
    """
    named: dict[str, dict[str, tuple[str, str]]] = {}
    for one in receipts:
        for name in one.services:
            named.setdefault(one.receipt.organization_id, {}).setdefault(name.casefold(), (name, one.receipt.receipt_id))

    def create() -> Steps[list[Service]]:
        created: list[Service] = []
        for organization_id, names in sorted(named.items()):
            created += yield from _create_missing(organization_id, [names[key] for key in sorted(names)], settled_us)
        return created

    return create()


def _create_missing(organization_id: str, named: Sequence[tuple[str, str]], settled_us: int) -> Steps[list[Service]]:
    known = yield from _find(organization_id, [name for name, _ in named])
    missing = [one for one in named if rows.storable(one[0]) not in known]
    if not missing:
        return []
    taken = yield from _find(organization_id, {slugify(name) for name, _ in missing})
    created_services = []
    for name, receipt_id in missing:
        service = _make_service(organization_id, name, receipt_id, settled_us)
        plain, alone = (rows.from_new_service(one) for one in (service, _with_own_slug(service)))
        created = 0 if service.slug in taken else (yield call("create_named_service", **plain))
        if not created:
            yield call("create_named_service", **alone)
        taken.add(service.slug)
        created_services.append(service)
    return created_services


def _find(organization_id: str, names: Iterable[str]) -> Steps[set[str]]:
    """Those of ``names`` that are an id, a slug or any name of a service."""
    keys = rows.to_json((rows.storable(name), rows.storable(name.casefold())) for name in names)
    return {row[0] for row in (yield call("find_named_services", organization_id=organization_id, names=keys))}


def _make_service(organization_id: str, name: str, receipt_id: str, settled_us: int) -> Service:
    return Service(
        organization_id=organization_id,
        service_id=derive_id(receipt_id, 0, f"service {rows.storable(name.casefold())}"),
        slug=slugify(name),
        draft=ServiceDraft(name=name),
        created_at=from_microseconds(settled_us),
    )


def _with_own_slug(service: Service) -> Service:
    return replace(service, slug=own_slug(service.slug, service.service_id))
