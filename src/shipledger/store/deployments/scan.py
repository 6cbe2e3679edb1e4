"""Walk deployments in order of their start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.bounds import EARLIEST_US, LATEST_US, from_bound, until_bound
from shipledger.store.deployments.walks import merge, read_in_order, read_walks
from shipledger.store.session import Session, Steps, call


class SqlScan(Session):
    """The pages of a walk."""

    async def scan_deployments(
        self,
        organization_id: str,
        *,
        services: Sequence[str],
        started_from: datetime | None,
        started_until: datetime | None,
        is_ascending: bool,
        after: Deployment | None,
        limit: int,
    ) -> Found[Deployment]:
        start = (EARLIEST_US, "") if is_ascending else (LATEST_US, AFTER_ALL_IDS)
        after_us, after_id = start if after is None else (rows.started_us(after), after.deployment_id)
        parameters: dict[str, Any] = {
            "organization_id": organization_id,
            "from_us": from_bound(started_from),
            "until_us": until_bound(started_until),
            "after_us": after_us,
            "after_id": after_id,
            "limit": limit,
        }
        if not services:
            scan = "scan_deployments_ascending" if is_ascending else "scan_deployments"
            return rows.decode_deployments(await self._fetch_long(scan, **parameters))
        walk = "walk_service_ascending" if is_ascending else "walk_service"

        def read() -> Steps[Found[Deployment]]:
            walks = yield from read_walks(call(walk, **parameters, key=rows.indexable(service)) for service in services)
            ids = list(islice(merge(walks, is_descending=not is_ascending), limit))
            return (yield from read_in_order(organization_id, ids))

        return await self._read_steps_long(read())
