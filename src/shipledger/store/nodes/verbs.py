"""Nodes and their duties."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from shipledger.clock import JUMP, from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.ledger.history import RULES
from shipledger.store import rows
from shipledger.store.fencing import STRUCK_OFF, SqlFencing
from shipledger.store.installation.unfinished import refuse_while_unfinished
from shipledger.store.nodes.contract import GAP, KeptTime, NodeRecord, SharedTime
from shipledger.store.session import Steps, call

_MICROSECONDS = 1_000_000
_JUMP_US = JUMP // timedelta(microseconds=1)


class SqlNodes(SqlFencing):
    """Which nodes live, and what they do."""

    _serves_one_node: ClassVar[bool] = False
    """Whether a node that registers may take it that all others are gone."""

    async def register_node(self, node_id: str) -> None:
        def register() -> Steps[None]:
            yield call("touch_revision")  # a node and a rebuild that begin at once wait for each other here
            yield from refuse_while_unfinished()
            if self._serves_one_node:
                yield call("forget_other_nodes", node_id=node_id)
                yield call("free_other_leases", node_id=node_id)
            yield call("note_node", node_id=node_id, rules=RULES)

        await self._write_steps(register())

    async def beat(self, node_id: str, *, duties: Sequence[str], lease_seconds: float) -> frozenset[str]:
        # In one order, so that nodes that ask at once wait for each other rather than deadlock.
        names, lease_us = rows.to_json(sorted(duties)), int(lease_seconds * _MICROSECONDS)

        def beat() -> Steps[frozenset[str]]:
            if (yield call("note_node", node_id=node_id, rules=RULES)) != 1:
                raise Conflict("node_struck_off", STRUCK_OFF)
            held = yield call("take_leases", names=names, node_id=node_id, lease_us=lease_us, jump_us=_JUMP_US)
            return frozenset(row[0] for row in held)

        return await self._write_steps(beat())

    async def forget_node(self, node_id: str) -> None:
        def forget() -> Steps[None]:
            for statement in ("free_claims", "free_messages", "free_leases", "forget_node"):
                yield call(statement, node_id=node_id)

        await self._write_steps(forget())

    async def find_time(self) -> KeptTime | None:
        found = await self._fetch("find_time")
        return None if found is None else KeptTime(*map(from_microseconds, found))

    async def share_time(self, *, now: datetime, order: datetime, has_jumped: bool) -> SharedTime:
        shared = await self._execute(
            "share_time",
            order_us=to_microseconds(order),
            now_us=to_microseconds(now),
            has_jumped=int(has_jumped),
            jump_us=_JUMP_US,
            gap_us=GAP // timedelta(microseconds=1),
        )
        return SharedTime(*map(from_microseconds, shared))

    async def begin_rebuild(self, *, silent_seconds: float) -> None:
        rebuild_id = secrets.token_hex(8)

        def begin() -> Steps[None]:
            yield call("touch_revision")
            if living := (yield call("count_living_nodes", silent_us=int(silent_seconds * _MICROSECONDS))):
                raise Conflict("server_running", f"{living} servers use this database; stop them first.")
            yield call("strike_nodes_off")
            yield call("note_rebuild", rebuild_id=rebuild_id)

        await self._write_steps(begin())
        self._rebuild_id = rebuild_id

    async def end_rebuild(self) -> None:
        def end() -> Steps[None]:
            yield from self._hold_rebuild()
            yield call("forget_rebuild", rebuild_id=self._rebuild_id)

        await self._write_steps(end())
        self._rebuild_id = ""

    async def list_nodes(self, *, silent_seconds: float) -> list[NodeRecord]:
        found = await self._fetch("list_nodes", silent_us=int(silent_seconds * _MICROSECONDS))
        return [NodeRecord(node_id, from_microseconds(us), rules, bool(is_alive)) for node_id, us, rules, is_alive in found]

    async def list_duty_holders(self) -> dict[str, str]:
        return dict(await self._fetch("list_duty_holders"))

    async def find_projection_rules(self) -> int:
        revision: int = await self._fetch("find_projection_rules")
        return revision

    async def note_projection_rules(self, revision: int) -> None:
        await self._execute("note_projection_rules", revision=revision)

    async def has_older_nodes(self, *, silent_seconds: float) -> bool:
        silent_us = int(silent_seconds * _MICROSECONDS)
        return bool(await self._fetch("count_nodes_by_older_rules", silent_us=silent_us, rules=RULES))

    async def is_rebuilding(self) -> bool:
        return bool(await self._fetch("count_rebuilds"))
