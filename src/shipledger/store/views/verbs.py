"""Filters that people keep. See ViewStore."""

from __future__ import annotations

from shipledger.access.people.views import SavedView
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.store import rows
from shipledger.store.row_reading import owned_by, read_each, reads
from shipledger.store.session import Session


class SqlViews(Session):
    """A person's views are few, and are read together."""

    async def list_views(self, organization_id: str, person_id: str) -> list[SavedView]:
        found = await self._fetch("list_views", organization_id=organization_id, person_id=rows.storable(person_id))
        return read_each(_to_view, owned_by(organization_id, found))

    async def save_view(self, organization_id: str, person_id: str, view: SavedView) -> None:
        await self._execute(
            "save_view",
            organization_id=organization_id,
            person_id=rows.storable(person_id),
            view_id=view.view_id,
            name=rows.storable(view.name),
            query=rows.storable(view.query),
            created_us=to_microseconds(view.created_at),
        )

    async def delete_view(self, organization_id: str, person_id: str, view_id: str) -> bool:
        place = {"organization_id": organization_id, "person_id": rows.storable(person_id), "view_id": rows.storable(view_id)}
        deleted: int = await self._execute("delete_view", **place)
        return deleted == 1


@reads("saved_view", "tttti", 0, 1)
def _to_view(row: rows.Row) -> SavedView:
    return SavedView(view_id=row[1], name=row[2], query=row[3], created_at=from_microseconds(row[4]))
