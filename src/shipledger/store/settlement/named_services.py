"""The services that what is settled names: they exist once it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipledger.catalog.service import own_slug, slugify
from shipledger.catalog.services.naming import declare_named, id_of_named
from shipledger.clock import from_microseconds
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.receipt import Receipt
from shipledger.store import rows
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.session import Steps, call


def declare_named_services(receipts: Sequence[SettledReceipt], *, settled_us: int) -> Steps[list[Decided]]:
    """What declares the services that are named and are not there. It comes before entries in its transaction.

    Two nodes that declare the same ones at once do so in the same order, so that none waits for what the other holds; the
    slower one finds them there when it tries again.
    """
    named: dict[str, dict[str, _Named]] = {}
    for one in receipts:
        for name, item in one.services:
            named.setdefault(one.receipt.organization_id, {}).setdefault(name.casefold(), (name, one.receipt, item))

    def declare() -> Steps[list[Decided]]:
        declared: list[Decided] = []
        for organization_id, names in sorted(named.items()):
            declared += yield from _declare_missing(organization_id, [names[key] for key in sorted(names)], settled_us)
        return declared

    return declare()


_Named = tuple[str, Receipt, int]
"""The name of a service, and the receipt and its item that name it first."""


def _declare_missing(organization_id: str, named: Sequence[_Named], settled_us: int) -> Steps[list[Decided]]:
    known = yield from _find(organization_id, [name for name, _, _ in named])
    missing = [(name, receipt, item) for given, receipt, item in named if (name := rows.storable(given)) not in known]
    if not missing:
        return []
    taken = yield from _find(organization_id, {slugify(name) for name, _, _ in missing})
    declared = []
    for name, receipt, item in missing:
        slug = slugify(name)
        own = own_slug(slug, id_of_named(receipt, name)) if slug in taken else ""
        declared.append(declare_named(receipt, item, name, has_own_slug=own, now=from_microseconds(settled_us)))
        taken.add(slug)
    return declared


def _find(organization_id: str, names: Iterable[str]) -> Steps[set[str]]:
    """Those of ``names`` that are an id, a slug or any name of a service."""
    keys = rows.to_json((rows.storable(name), rows.storable(name.casefold())) for name in names)
    return {row[0] for row in (yield call("find_named_services", organization_id=organization_id, names=keys))}
