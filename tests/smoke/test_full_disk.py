"""A full disk is said so, costs nothing that was acknowledged, and heals by itself once there is room."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import DURABLE, make_node
from tests.smoke.pounding import Pounding
from tests.smoke.refusing import check_reads, check_refusals, pound_until_acknowledged, pound_until_refused, wait_until_it_accepts
from tests.smoke.small_disk import MEGABYTE, ROOM, NoSmallDisk, SmallDisk, fill, small_file_system, small_files
from tests.support.postgres import PostgresServer
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("kind", [small_file_system, small_files])
def test_a_full_disk_loses_nothing_and_heals_once_there_is_room(
    kind: Callable[[Path], AbstractContextManager[SmallDisk]], tmp_path: Path, database_template: Path
) -> None:
    directory = tmp_path / "small"
    directory.mkdir()
    try:
        with kind(directory) as disk:
            database = Path(shutil.copy(database_template, directory / "shipledger.db"))
            _fill_and_recover(disk, RunningServer(tmp_path, database=database, prepare=disk.prepare))
    except NoSmallDisk as reason:
        pytest.skip(f"no file system can be mounted here: {reason}")


def test_a_full_disk_of_postgresql_loses_nothing_and_heals_once_there_is_room(tmp_path: Path) -> None:
    """Only what the tables are on is small: without room for its log PostgreSQL stops, which is another fault."""
    postgres = PostgresServer(settings=DURABLE)
    try:
        postgres.start()
        directory = postgres.data.with_name("small")
        directory.mkdir()
        with small_file_system(directory, size=ROOM // 2) as disk:
            postgres.own(directory)
            asyncio.run(postgres.execute(f"CREATE TABLESPACE small LOCATION '{directory}'"))
            asyncio.run(postgres.execute('CREATE DATABASE "ledger" TEMPLATE template0 TABLESPACE small'))
            node = make_node(tmp_path, postgres.url("ledger"), 1)
            node.credential()
            fill(directory, leaving=MEGABYTE // 2)
            _fill_and_recover(disk, node)
    except NoSmallDisk as reason:
        pytest.skip(f"no file system can be mounted here: {reason}")
    finally:
        postgres.close()


def _fill_and_recover(disk: SmallDisk, server: RunningServer) -> None:
    key = server.credential()
    try:
        server.start()
        pounding = Pounding(server.url, key=key, seed=7)
        asyncio.run(pound_until_acknowledged(pounding, 10))
        aftermath.wait_until_settled(server)
        settled = tuple(pounding.acknowledged)
        asyncio.run(pound_until_refused(pounding))
        check_refusals(pounding.refused, "disk")
        check_reads(server, key, settled)

        disk.make_room(server.pid)
        wait_until_it_accepts(server, key)
        pounding.statuses.clear()
        asyncio.run(pound_until_acknowledged(pounding, 50))
        assert set(pounding.statuses) == {202}, pounding.statuses
        aftermath.check(server, pounding.acknowledged)
        aftermath.verify(server)
        assert server.terminate() == 0
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()
