"""PostgreSQL stops where its log has no room: nothing is lost, and the nodes go on once a supervisor could start it again."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import DURABLE, Cluster, make_node
from tests.smoke.pounding import Pounding
from tests.smoke.refusing import (
    check_is_not_ready,
    check_refusals,
    pound_until_acknowledged,
    pound_until_refused,
    wait_until_it_accepts,
)
from tests.smoke.small_disk import MEGABYTE, NoSmallDisk, fill, small_file_system
from tests.support.plain_http import no_certificates
from tests.support.postgres import PostgresServer, find_owner

pytestmark = pytest.mark.smoke

ENOUGH = 40
SIZE = 96 * MEGABYTE
VAIN_STARTS = 3
SMALL_SEGMENTS = "--wal-segsize=1"
"""In megabytes: the log asks for more room soon."""


@pytest.fixture(params=[pytest.param("whole", marks=pytest.mark.torture), "log"])
def small(request: pytest.FixtureRequest) -> Iterator[tuple[PostgresServer, Path]]:
    """A server that has all its data, or its log alone, on a small disk."""
    folder = Path(tempfile.mkdtemp(prefix="shipledger-postgres-"))
    is_whole = request.param == "whole"
    directory = folder / ("data" if is_whole else "small")
    directory.mkdir()
    try:
        with small_file_system(directory, size=SIZE):
            if owner := find_owner():
                shutil.chown(directory, owner)
            options = (SMALL_SEGMENTS,) if is_whole else (SMALL_SEGMENTS, f"--waldir={directory / 'log'}")
            server = PostgresServer(settings=DURABLE, folder=folder, initdb=options)
            try:
                server.start()
                yield server, directory
            finally:
                server.close()
    except NoSmallDisk as reason:
        pytest.skip(f"no file system can be mounted here: {reason}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(small: tuple[PostgresServer, Path], tmp_path: Path) -> Iterator[Cluster]:
    """Two nodes on this server."""
    postgres, _ = small
    asyncio.run(postgres.execute('CREATE DATABASE "ledger" TEMPLATE template0'))
    nodes = Cluster([make_node(tmp_path, postgres.url("ledger"), number) for number in (1, 2)], postgres)
    asyncio.run(nodes.start())
    yield nodes
    nodes.close()


def test_without_room_for_its_log_the_database_stops_and_the_nodes_go_on_once_it_is_back(
    small: tuple[PostgresServer, Path], cluster: Cluster
) -> None:
    postgres, directory = small
    pounding = Pounding(*(node.url for node in cluster.nodes), key=cluster.key, seed=7)
    asyncio.run(pound_until_acknowledged(pounding, ENOUGH))

    ballast = fill(directory, leaving=MEGABYTE)
    for _ in range(VAIN_STARTS):
        asyncio.run(pound_until_refused(pounding))
        _try_to_start(postgres)
    assert "No space left on device" in postgres.log.read_text()
    assert "PANIC" in postgres.log.read_text()
    check_refusals(pounding.refused, "database")
    for node in cluster.nodes:
        assert httpx2.get(f"{node.url}/healthz", trust_env=False, verify=no_certificates()).status_code == 200
        check_is_not_ready(node)

    ballast.unlink()
    _try_to_start(postgres)
    for node in cluster.nodes:
        wait_until_it_accepts(node, cluster.key)
    asyncio.run(pound_until_acknowledged(pounding, ENOUGH))
    aftermath.check(cluster.nodes[0], pounding.acknowledged)
    aftermath.check_status(cluster.nodes[1], cluster.key, pounding.acknowledged)
    for node in cluster.nodes:
        assert node.terminate() == 0
        assert "Traceback" not in node.log.read_text()
    aftermath.verify(cluster.nodes[0])


def _try_to_start(postgres: PostgresServer) -> None:
    """What a supervisor does, which cannot know whether there is room, or whether the server tries on by itself."""
    with contextlib.suppress(AssertionError):
        postgres.start()
