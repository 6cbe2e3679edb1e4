"""What is not mapped yet. See InboxStore."""

from __future__ import annotations

from shipledger.catalog.inbox import UnmappedName
from shipledger.clock import from_microseconds
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.store.row_reading import Row, owned_by, read_each, reads
from shipledger.store.session import Session


class SqlInbox(Session):
    """Names that came with deployments and mean nothing here so far."""

    async def list_unmapped_names(self, organization_id: str) -> list[UnmappedName]:
        found = await self._fetch_long("list_unmapped_names", organization_id=organization_id)
        return read_each(_to_name, owned_by(organization_id, found))

    async def list_unmapped_name_keys(self, organization_id: str) -> list[str]:
        found = await self._fetch("list_unmapped_name_keys", organization_id=organization_id)
        return [key for (key,) in found]

    async def list_unmapped_repository_keys(self, organization_id: str) -> list[str]:
        found = await self._fetch("list_unmapped_repository_keys", organization_id=organization_id)
        return [key for (key,) in found]


@reads("deployment", "tttiit", 0, 1)
def _to_name(row: Row) -> UnmappedName:
    _, key, name, deployments, started_us, sample_id = row
    started_at = None if started_us == NEVER_STARTED_US else from_microseconds(started_us)
    return UnmappedName(key=key, name=name, deployments=deployments, last_started_at=started_at, sample_id=sample_id)
