"""A disk that turns read-only under a running server costs nothing that was acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.smoke import aftermath
from tests.smoke.loop_disk import LoopDisk, loop_disk
from tests.smoke.pounding import Pounding
from tests.smoke.refusing import (
    check_is_not_ready,
    check_reads,
    check_refusals,
    pound_until_acknowledged,
    pound_until_refused,
    wait_until_it_accepts,
)
from tests.smoke.small_disk import NoSmallDisk
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

ENOUGH = 40
UNAVAILABLE = 3


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    try:
        with loop_disk(tmp_path) as made:
            yield made
    except NoSmallDisk as reason:
        pytest.skip(f"no file system can be mounted here: {reason}")


@pytest.fixture
def server(disk: LoopDisk, tmp_path: Path) -> Iterator[RunningServer]:
    """A server whose database is on the disk, and its log elsewhere."""
    running = RunningServer(tmp_path, database=disk.directory / "shipledger.db")
    running.start()
    yield running
    running.close()


@pytest.fixture
def pounding(server: RunningServer) -> Pounding:
    """A load that was accepted so far, and settled."""
    load = Pounding(server.url, key=server.credential(), seed=7)
    asyncio.run(pound_until_acknowledged(load, ENOUGH))
    aftermath.wait_until_settled(server)
    return load


def test_on_a_file_system_that_turned_read_only_it_reads_on_and_after_the_repair_nothing_is_lost(
    disk: LoopDisk, server: RunningServer, pounding: Pounding
) -> None:
    disk.fail()
    asyncio.run(pound_until_refused(pounding))
    check_refusals(pounding.refused, "read-only")
    check_reads(server, pounding.key, pounding.acknowledged[:ENOUGH])
    check_is_not_ready(server)
    assert server.terminate() == 0
    _check_refuses_to_start(server)

    disk.repair()
    server.start()
    wait_until_it_accepts(server, pounding.key)
    aftermath.check(server, pounding.acknowledged)
    aftermath.check_status(server, pounding.key, pounding.acknowledged)
    aftermath.verify(server)
    assert server.terminate() == 0
    assert "Traceback" not in server.log.read_text()


def test_once_the_database_can_be_written_again_the_running_server_accepts_without_a_hand(
    disk: LoopDisk, server: RunningServer, pounding: Pounding
) -> None:
    """A file system that turned read-only cannot be told to go on under who uses it; files that nobody may write can."""
    files = (server.database, server.database.with_name(server.database.name + "-wal"))
    disk.protect(*files)
    try:
        asyncio.run(pound_until_refused(pounding))
        check_refusals(pounding.refused, "read-only")
        check_reads(server, pounding.key, pounding.acknowledged[:ENOUGH])
        check_is_not_ready(server)
    finally:
        disk.release(*files)
    wait_until_it_accepts(server, pounding.key)
    pounding.statuses.clear()
    asyncio.run(pound_until_acknowledged(pounding, ENOUGH))
    assert set(pounding.statuses) == {202}, pounding.statuses
    aftermath.check(server, pounding.acknowledged)
    aftermath.verify(server)
    assert server.terminate() == 0
    assert "Traceback" not in server.log.read_text()


def _check_refuses_to_start(server: RunningServer) -> None:
    before = server.log.stat().st_size
    server.spawn()
    assert server.wait() == UNAVAILABLE
    said = server.log.read_text()[before:]
    assert said.startswith("shipledger: "), said
    assert "the disk is read-only" in said
    assert len(said.strip().splitlines()) == 1, said
