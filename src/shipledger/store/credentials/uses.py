"""What credentials are used for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.access.use import DAY, WEEK, Use, UseSoFar
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.store import rows
from shipledger.store.row_reading import Row, read_each, reads
from shipledger.store.session import Session, Steps, call


class SqlUses(Session):
    """See UseStore."""

    async def add_uses(self, organization_id: str, uses: Sequence[Use]) -> None:
        def add() -> Steps[None]:
            for use in sorted(uses, key=lambda one: (one.credential_id, one.hour_at)):  # in one order, whatever node counts them
                yield call(
                    "add_use",
                    organization_id=organization_id,
                    credential_id=use.credential_id,
                    hour_us=to_microseconds(use.hour_at),
                    seen_us=to_microseconds(use.seen_at),
                    address=rows.storable(use.address),
                    requests=use.requests,
                    refused=use.refused,
                    last_refusal=use.last_refusal,
                    ahead_ms=use.ahead_ms,
                )

        await self._write_steps(add())

    async def list_uses(self, organization_id: str, *, now: datetime) -> Sequence[UseSoFar]:
        since = {"day_us": to_microseconds(now - DAY), "week_us": to_microseconds(now - WEEK)}
        return read_each(_to_use, await self._fetch("list_uses", organization_id=organization_id, **since))

    async def forget_old_uses(self, *, before: datetime) -> int:
        count: int = await self._execute("forget_old_uses", hour_us=to_microseconds(before))
        return count


@reads("credential_use", "titiiiiii", 0)
def _to_use(row: Row) -> UseSoFar:
    credential_id, seen_us, *counts = row
    return UseSoFar(credential_id, from_microseconds(seen_us), *counts)
