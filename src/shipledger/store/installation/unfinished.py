"""Operations that are under way or were interrupted."""

from __future__ import annotations

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.store.installation.unfinished_contract import REBUILD, REBUILD_REMEDY, Unfinished, refuse_unfinished
from shipledger.store.session import Session, Steps, call


class SqlUnfinished(Session):
    """See UnfinishedStore."""

    async def note_unfinished(self, operation: Unfinished, *, silent_seconds: float | None = None) -> None:
        def note() -> Steps[None]:
            yield call("touch_revision")  # a node that starts at once waits for this here, and finds it
            if silent_seconds is not None:
                living = yield call("count_living_nodes", silent_us=int(silent_seconds * 1_000_000))
                if living:
                    raise Conflict("server_running", f"{living} servers use this database; stop them first.")
            yield call(
                "note_unfinished",
                name=operation.name,
                remedy=operation.remedy,
                is_barred=int(operation.is_barred),
                began_us=to_microseconds(operation.began_at),
            )

        await self._write_steps(note())

    async def forget_unfinished(self, name: str) -> None:
        await self._execute("forget_unfinished", name=name)

    async def list_unfinished(self) -> list[Unfinished]:
        return await self._read_steps(read_unfinished())


def read_unfinished() -> Steps[list[Unfinished]]:
    """What is written down of operations. Rebuilds have a row of their own, which also says whose they are."""
    rows = yield call("list_unfinished")
    found = [Unfinished(name, remedy, bool(is_barred), from_microseconds(us)) for name, remedy, is_barred, us in rows]
    if (yield call("count_rebuilds")):
        found.append(Unfinished(REBUILD, REBUILD_REMEDY, is_barred=True))
    return found


def refuse_while_unfinished() -> Steps[None]:
    """Raises Conflict while the ledger must not be used."""
    refuse_unfinished((yield from read_unfinished()))
