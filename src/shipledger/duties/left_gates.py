"""Enter what nodes of a version before do to gates while they run beside this one."""

from __future__ import annotations

from shipledger.duty import Duty
from shipledger.store.contract import Store

PAUSE_SECONDS = 1.0


def left_gates_duty(store: Store) -> Duty:
    """The duty. Where no such node runs it finds nothing, at the price of a look at an empty index."""

    async def run() -> None:
        await store.enter_left_gates()

    return Duty(name="left gates", pause_seconds=PAUSE_SECONDS, run=run)
