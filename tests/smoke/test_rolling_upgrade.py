"""The version with the schema before this one goes on serving while this one migrates the database and joins it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shipledger.ledger.history import RULES
from shipledger.store.migration_files import list_revisions
from tests.smoke import aftermath
from tests.smoke.cluster import TOKEN_KEY
from tests.smoke.pounding import Pounding
from tests.support.history import find_older_schema, unpack
from tests.support.postgres import shared_server
from tests.support.program import RunningServer
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

ENOUGH = 60
"""Acknowledged writes by which a phase is over."""

SAMPLED = 40
PHASE_SECONDS = 60.0


@pytest.fixture
async def database_url() -> AsyncIterator[str]:
    async with shared_server().new_database() as url:
        yield url


@pytest.fixture
def versions(database_url: str, tmp_path: Path) -> Iterator[tuple[RunningServer, RunningServer]]:
    """A node of the version before the newest migration, and one of this version; neither is started."""
    sources = unpack(find_older_schema(), tmp_path / "before")
    old = new_node("old", database_url, tmp_path, PYTHONPATH=str(sources))
    new = new_node("new", database_url, tmp_path)
    yield old, new
    old.close()
    new.close()


def new_node(name: str, database_url: str, folder: Path, **environment: str) -> RunningServer:
    environment["SHIPLEDGER_TOKEN_KEY"] = TOKEN_KEY
    return RunningServer(folder, database_url=database_url, name=name, environment=environment)


async def test_two_versions_serve_side_by_side_from_before_the_migration_until_the_old_one_stops(
    versions: tuple[RunningServer, RunningServer],
) -> None:
    old, new = versions
    await asyncio.to_thread(old.start)
    made = await asyncio.to_thread(old.run_json, "credential", "create", "opsgenie", "--name", "test")
    key = made["api_key"]
    through_old = Pounding(old.url, key=key, seed=1, connections=4)
    assert await read_revision(old) < list_revisions()[-1]
    async with pounding(through_old):
        await asyncio.to_thread(new.start)
        await acknowledged(through_old)
    assert await read_revision(new) == list_revisions()[-1]

    through_new = Pounding(new.url, key=key, seed=2, connections=4)
    async with pounding(through_old, through_new):
        await acknowledged(through_old, through_new)
    await asyncio.to_thread(aftermath.wait_until_settled, new)
    await asyncio.to_thread(aftermath.check_status, new, key, through_old.acknowledged[-SAMPLED:])
    await asyncio.to_thread(aftermath.check_status, old, key, through_new.acknowledged[-SAMPLED:])

    async with pounding(through_old, through_new):
        assert await asyncio.to_thread(old.terminate) == 0, old.log.read_text()[-4_000:]
        await acknowledged(through_new)
    everything = [*through_old.acknowledged, *through_new.acknowledged]
    await wait_until_upgraded(new)
    await asyncio.to_thread(aftermath.check, new, everything)
    await asyncio.to_thread(aftermath.check_status, new, key, everything[-SAMPLED:])
    assert await asyncio.to_thread(new.terminate) == 0, new.log.read_text()[-4_000:]
    await asyncio.to_thread(aftermath.verify, new)


async def wait_until_upgraded(node: RunningServer) -> None:
    """What the older node saved is made anew once it has stopped."""
    async with asyncio.timeout(PHASE_SECONDS):
        while await read_rules(node) != RULES:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def read_rules(node: RunningServer) -> int:
    return int((await asyncio.to_thread(ask, node.database_url, "SELECT revision FROM projection_rules"))[0][0])


@asynccontextmanager
async def pounding(*loads: Pounding) -> AsyncIterator[None]:
    """Load during this block, after some of it was acknowledged."""
    stop = asyncio.Event()
    async with asyncio.timeout(PHASE_SECONDS), asyncio.TaskGroup() as group:
        for load in loads:
            group.create_task(load.run(until=stop))
        try:
            await acknowledged(*loads)
            yield
        finally:
            stop.set()


async def acknowledged(*loads: Pounding) -> None:
    """Return once each of them has got so many more acknowledgements."""
    wanted = [len(load.acknowledged) + ENOUGH for load in loads]
    while any(len(load.acknowledged) < count for load, count in zip(loads, wanted, strict=True)):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def read_revision(node: RunningServer) -> str:
    return str((await asyncio.to_thread(ask, node.database_url, "SELECT version_num FROM alembic_version"))[0][0])
