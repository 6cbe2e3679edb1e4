"""Runs named statements over a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from shipledger.aggregates import AGGREGATES
from shipledger.ledger.aggregate import Aggregates
from shipledger.store.postgres.connection import Connection
from shipledger.store.session import Call, Steps, call
from shipledger.store.statements import Gives, Statement, load_statements
from shipledger.texts import storable

T = TypeVar("T")

ANY_SECONDS = 30.0 * 24 * 3600
"""For work that may take its time: asyncpg takes None for the limit of the connection."""


class Runner:
    """The statements of the dialect, and how they are run."""

    def __init__(self, aggregates: Aggregates = AGGREGATES) -> None:
        self._aggregates = aggregates
        self.use("postgres")

    def use(self, dialect: Literal["postgres", "citus"]) -> None:
        """Take the statements of a dialect from now on."""
        self.statements: Mapping[str, Statement] = load_statements(dialect, self._aggregates)
        self.is_spread = dialect == "citus"

    async def adapt(self, connection: Connection) -> None:
        """Use other statements where Citus has spread the tables."""
        if (await self.run(connection, call("find_citus")))["is_created"] and await self.run(
            connection, call("list_distributed_tables")
        ):
            self.use("citus")

    async def run(self, connection: Connection, step: Call, *, seconds: float | None = None) -> Any:
        """What a statement gives."""
        statement = self.statements[step.name]
        values = [_storable(step.parameters[name]) for name in statement.order]
        if statement.gives is Gives.ROWS:
            return await connection.fetch(statement.text, *values, timeout=seconds)
        if statement.gives is Gives.ROW:
            return await connection.fetchrow(statement.text, *values, timeout=seconds)
        if statement.gives is Gives.VALUE:
            return await connection.fetchval(statement.text, *values, timeout=seconds)
        return _count(await connection.execute(statement.text, *values, timeout=seconds))

    async def run_steps(self, connection: Connection, steps: Steps[T], *, seconds: float | None = None) -> T:
        """What several statements give."""
        try:
            given = None
            while True:
                given = await self.run(connection, steps.send(given), seconds=seconds)
        except StopIteration as done:
            result: T = done.value
            return result


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _count(status: str) -> int:
    """The number at the end of what the server says, such as ``INSERT 0 3``."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0
