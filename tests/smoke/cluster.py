"""The real program over a database that is its own: one node on SQLite, or several on a PostgreSQL that may be killed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer
from tests.support.program import RunningServer
from tests.support.slow_link import locked_table, slow_link

DURABLE = {"max_connections": "60", "shared_buffers": "32MB", "recovery_init_sync_method": "syncfs"}
"""Nothing is turned off that makes a commit durable; the last only makes a start after a crash quicker."""

NODES_SHARE = 0.5
"""So many of the strikes hit a node, where PostgreSQL can be hit as well."""

RECOVERED_WITHIN_SECONDS = 60.0

LONGEST_DELAY_SECONDS = 0.03
"""Of each packet on a long way. A settlement takes about thirty of them."""

LONGEST_LOCK_SECONDS = 3.0
"""Updates wait for one second for a create that nobody has accepted."""

HELD_TABLES = ("deployment", "deployment_alias", "entry", "verdict")
KILLS_SHARE = 0.15

TOKEN_KEY = "one-key-for-all-nodes-of-this-test"


class Cluster:
    """Nodes that answer, the database server that they share, if it is one, and the key of a credential."""

    def __init__(self, nodes: list[RunningServer], postgres: PostgresServer | None = None) -> None:
        self.nodes = nodes
        self.postgres = postgres
        self.key = ""

    async def start(self) -> None:
        """Start all nodes, the first one first: it makes the schema."""
        first, *others = self.nodes
        await asyncio.to_thread(first.start)
        await asyncio.gather(*(asyncio.to_thread(node.start) for node in others))
        self.key = await asyncio.to_thread(first.credential)

    def close(self) -> None:
        """Make sure that no node is left."""
        for node in self.nodes:
            node.close()


@asynccontextmanager
async def sqlite_cluster(directory: Path) -> AsyncIterator[Cluster]:
    """One node on a SQLite file."""
    cluster = Cluster([RunningServer(directory)])
    try:
        await cluster.start()
        yield cluster
    finally:
        cluster.close()


@asynccontextmanager
async def postgres_cluster(
    directory: Path, *, nodes: int = 2, rewrite: Callable[[str], str] = lambda url: url
) -> AsyncIterator[Cluster]:
    """Nodes on a PostgreSQL server of their own. ``rewrite`` makes the address that they use of the database's."""
    server = PostgresServer(settings=DURABLE)
    try:
        await asyncio.to_thread(server.start)
        await server.execute('CREATE DATABASE "ledger" TEMPLATE template0')
        cluster = Cluster([make_node(directory, rewrite(server.url("ledger")), number) for number in range(1, nodes + 1)], server)
        try:
            await cluster.start()
            yield cluster
        finally:
            cluster.close()
    finally:
        server.close()


@asynccontextmanager
async def slow_cluster(directory: Path) -> AsyncIterator[Cluster]:
    """Two nodes on a PostgreSQL of their own, the second of which has a long way to it. Creates go to the first one alone."""
    chance = random.Random()
    async with AsyncExitStack() as stack:
        server = PostgresServer(settings=DURABLE)
        stack.callback(server.close)
        await asyncio.to_thread(server.start)
        await server.execute('CREATE DATABASE "ledger" TEMPLATE template0')
        link = await stack.enter_async_context(slow_link(server.port, lambda: chance.uniform(0, LONGEST_DELAY_SECONDS)))
        url = server.url("ledger")
        nodes = [
            make_node(directory, one, number, SHIPLEDGER_UPDATE_WAIT_SECONDS="1")
            for number, one in enumerate((url, link.rewrite(url)), start=1)
        ]
        cluster = Cluster(nodes, server)
        stack.callback(cluster.close)
        await cluster.start()
        yield cluster


def make_node(directory: Path, database_url: str, number: int, **environment: str) -> RunningServer:
    """A node, not started."""
    environment["SHIPLEDGER_TOKEN_KEY"] = TOKEN_KEY
    return RunningServer(directory, database_url=database_url, name=f"node-{number}", environment=environment)


CLUSTERS: dict[str, Callable[[Path], AbstractAsyncContextManager[Cluster]]] = {
    "sqlite": sqlite_cluster,
    "postgres": postgres_cluster,
    "slow": slow_cluster,
}


class Hindrances:
    """Holds a table for longer than an update waits, or for a moment, and kills a node now and then."""

    postgres_killed = 0

    def __init__(self, cluster: Cluster, chance: random.Random) -> None:
        self._cluster = cluster
        self._chance = chance
        self._kills = Strikes(cluster, chance)

    @property
    def nodes_killed(self) -> int:
        """How many nodes were killed."""
        return self._kills.nodes_killed

    async def strike(self) -> None:
        """One of them."""
        if self._chance.random() < KILLS_SHARE:
            await self._kills.kill_node()
            return
        assert self._cluster.postgres is not None
        async with locked_table(self._cluster.postgres.url("ledger"), self._chance.choice(HELD_TABLES)):
            await asyncio.sleep(self._chance.uniform(0.0, LONGEST_LOCK_SECONDS))

    def supervise(self) -> None:
        """Start each node that has ended by itself."""
        self._kills.supervise()

    async def recover(self) -> None:
        """Return once all nodes serve."""
        await self._kills.recover()


class Strikes:
    """Kills what a cluster consists of, and starts it again, as a supervisor would."""

    def __init__(self, cluster: Cluster, chance: random.Random) -> None:
        self.nodes_killed = 0
        self.postgres_killed = 0
        self._cluster = cluster
        self._chance = chance

    async def strike(self) -> None:
        """One kill at least, of a node or of PostgreSQL, where there is one, as often as of the other.

        A node is killed at a moment after all of them serve: it has something to lose then, and another has to go on.
        """
        postgres = self._cluster.postgres
        if postgres is None or self._chance.random() < NODES_SHARE:
            await self.kill_node()
            return
        self.supervise()
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))
        await self._kill_postgres(postgres)

    def supervise(self) -> None:
        """Start each node that has ended by itself, as one does that finds no database when it starts."""
        for node in self._cluster.nodes:
            if not node.is_running:
                node.spawn()

    async def kill_node(self) -> None:
        """Kill one of the nodes, at a moment after all of them serve."""
        self.supervise()
        await self.recover()
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))
        await self._kill_node(self._chance.choice(self._cluster.nodes))

    async def _kill_node(self, node: RunningServer) -> None:
        await self._kill(node)
        if self._chance.random() < 0.2:
            node.spawn()
            await asyncio.sleep(self._chance.uniform(0.0, 0.8))
            await self._kill(node)
        node.spawn()

    async def _kill(self, node: RunningServer) -> None:
        await asyncio.to_thread(node.kill)
        self.nodes_killed += 1

    async def _kill_postgres(self, postgres: PostgresServer) -> None:
        self.postgres_killed += 1
        way = self._chance.random()
        if way < 0.5:
            await asyncio.to_thread(postgres.crash)
            return
        await asyncio.to_thread(postgres.kill if way < 0.85 else lambda: postgres.stop("immediate"))
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))
        await asyncio.to_thread(postgres.start)

    async def recover(self) -> None:
        """Return once all nodes serve."""
        async with asyncio.timeout(RECOVERED_WITHIN_SECONDS):
            while not all([await asyncio.to_thread(node.is_ready) for node in self._cluster.nodes]):
                self.supervise()
                await asyncio.sleep(0.02)
