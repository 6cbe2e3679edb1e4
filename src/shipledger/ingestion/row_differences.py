"""Which records have rows that do not match their entries."""

from __future__ import annotations

from shipledger.store.contract import Store
from shipledger.store.upkeep.contract import Difference

MOST_NAMED = 20


async def find_row_differences(store: Store, scratch: Store, table: str) -> list[Difference]:
    """The records of which a projection table has other rows in ``store`` than in ``scratch``, where they were recomputed."""
    stored, computed = await store.hash_rows(table), await scratch.hash_rows(table)
    changed = {*await store.name_rows(table, stored - computed), *await scratch.name_rows(table, computed - stored)}
    found = [
        Difference(organization_id=organization_id, table=table, key=key, sentence="A row of it does not match its entries.")
        for organization_id, key in sorted(changed)[:MOST_NAMED]
    ]
    if len(changed) != len(found) or not found:
        count = f" of {len(changed)} records" if found else ""
        found.append(Difference(organization_id="", table=table, key="", sentence=f"The rows{count} do not match the entries."))
    return found
