"""Fixtures that every test may ask for."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import count
from pathlib import Path

import httpx2
import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings

from tests.support.commands import Commands
from tests.support.lent_databases import lent_ledger_database
from tests.support.memory_folder import keep_files_in_memory
from tests.support.program import RunningServer
from tests.support.server import Server, files_of, make_template, serving, serving_module
from tests.support.stores import list_stores

# Where bytecode is not kept, each of the hundreds of programs that tests start takes seconds to compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

keep_files_in_memory()

Serve = Callable[..., AbstractAsyncContextManager[Server]]

# To explain a failure takes longer than to find and shrink it, so a broken rule would look like one that hangs.
PHASES = [phase for phase in Phase if phase is not Phase.explain]
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=25, phases=PHASES)
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=2_000)
settings.load_profile("suite")

# What is collected stays until the end: to look through it for garbage again and again takes seconds in each process.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, and less often than usual: each server makes much that stays as long as it."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


# Tracebacks as the program writes them: with the values of all variables each takes seconds, in the event loop of a server.
_PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long forms unless they are asked for."""
    if "torture" in config.getoption("-m"):
        return
    kept = [item for item in items if "torture" not in item.keywords]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if "torture" in item.keywords])
        items[:] = kept


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest schema."""
    return asyncio.run(make_template(tmp_path_factory.mktemp("template") / "empty.db"))


@pytest.fixture
def database(tmp_path: Path, database_template: Path) -> Path:
    """A database of this test's own, empty and at the newest schema."""
    return Path(shutil.copy(database_template, tmp_path / "shipledger.db"))


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest, database: Path) -> AsyncIterator[str]:
    """The address of a database of this test's own, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{database}"
    else:
        async with lent_ledger_database() as url:
            yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a server over the stores that it is marked for; elsewhere over SQLite alone.

    A test that asks for the file of the database as well looks into it, so it runs over SQLite alone.
    """
    if "store_kind" in metafunc.fixturenames:
        stores = ["sqlite"] if "database" in metafunc.fixturenames else list_stores(metafunc)
        metafunc.parametrize("store_kind", stores, indirect=True, scope="module")


@pytest.fixture(scope="module")
def store_kind(request: pytest.FixtureRequest) -> str:
    """What the server keeps its ledger in: sqlite or postgres."""
    kind: str = request.param
    return kind


@pytest.fixture
async def server_database(
    request: pytest.FixtureRequest, store_kind: str, tmp_path: Path, database_template: Path
) -> AsyncIterator[Path | str]:
    """The database of the server: an empty one at the newest schema."""
    if store_kind == "postgres":
        async with lent_ledger_database() as url:
            yield url
    elif "database" in request.fixturenames:
        yield request.getfixturevalue("database")
    else:
        yield Path(shutil.copy(database_template, tmp_path / "shipledger.db"))


@pytest.fixture
def serve(server_database: Path | str, tmp_path: Path) -> Serve:
    """Serves a database of this test's own, with settings."""
    return partial(serving, server_database, **files_of(server_database, tmp_path))


@pytest.fixture
def commands(server_database: Path | str, tmp_path: Path) -> Commands:
    """The command line over the database of the server."""
    return Commands(server_database, **files_of(server_database, tmp_path))


@pytest.fixture
async def server(serve: Serve) -> AsyncIterator[Server]:
    """The real application on a real socket, over a database of this test's own."""
    async with serve() as running:
        yield running


@pytest.fixture(scope="module")
async def shared_server(
    store_kind: str, tmp_path_factory: pytest.TempPathFactory, database_template: Path
) -> AsyncIterator[Server]:
    """The server of a module."""
    async with serving_module(store_kind, tmp_path_factory.mktemp("shared"), database_template) as running:
        yield running


@pytest.fixture
def place(request: pytest.FixtureRequest, store_kind: str) -> Server:
    """Where the clients of a test are: on its server, or in an organization of their own on the one of its module.

    To start a server takes longer than most tests, and nothing passes from one organization to another.
    """
    if not {"server", "serve", "database"}.isdisjoint(request.fixturenames):
        own: Server = request.getfixturevalue("server")
        return own
    shared: Server = request.getfixturevalue("shared_server")
    return shared.at(f"test-{next(_organizations)}")


_organizations = count(1)


@pytest.fixture
async def opsgenie(place: Server) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the Opsgenie API with all rights."""
    async with place.client(await place.issue()) as client:
        yield client


@pytest.fixture
async def anonymous(place: Server) -> AsyncIterator[httpx2.AsyncClient]:
    """A client without a key."""
    async with place.client() as client:
        yield client


@pytest.fixture
def program(tmp_path: Path) -> Iterator[RunningServer]:
    """The real program as a process of its own, started."""
    running = RunningServer(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.close()
