"""Rows of versions that kept a kind of record without entries become first entries, whose actor is the migration.

A node of such a version may go on writing rows while an upgrade rolls: they are found by the duty until none is left. The rules
by which projections were made are the mark that all is done, so a version that adds such a kind has other rules (``RULES``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.asking import Asks
from shipledger.ledger.history import RULES
from shipledger.store.contract import Store

AT_ONCE = 200


async def adopt_former_records(store: Store, asks: Asks) -> int:
    """Let everything that has only rows begin with an entry; how many there were.

    Raises Unavailable; what is done stays done. A command says nothing of it: scripts read its output.
    """
    if await store.find_projection_rules() == RULES:
        return 0
    count = 0
    for aggregate in store.aggregates:
        if aggregate.find_former is not None:
            for organization_id in await store.list_former_owners(aggregate.kind):
                count += await _adopt(store, asks, organization_id, aggregate)
    return count


async def _adopt(store: Store, asks: Asks, organization_id: str, aggregate: Aggregate) -> int:
    assert aggregate.find_former is not None  # noqa: S101  others were left out
    found: Sequence[Any] = await aggregate.find_former(store, organization_id)
    plural = aggregate.kind.removesuffix("y") + "ies" if aggregate.kind.endswith("y") else f"{aggregate.kind}s"
    migration = Actor(ActorKind.MIGRATION, plural)
    for start in range(0, len(found), AT_ONCE):
        submissions = found[start : start + AT_ONCE]
        await asks.ask(organization_id, submissions, operation=f"adopt {plural}", actor=migration)
    return len(found)
