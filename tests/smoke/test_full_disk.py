"""A full disk is said so, costs nothing that was acknowledged, and heals by itself once there is room."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import DURABLE, make_node
from tests.smoke.pounding import Pounding
from tests.smoke.small_disk import MEGABYTE, ROOM, NoSmallDisk, SmallDisk, fill, small_file_system, small_files
from tests.support.opsgenie import create_body
from tests.support.postgres import PostgresServer
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

RECOVERED_WITHIN_SECONDS = 15.0
REFUSALS = 20
PATIENCE_SECONDS = 60.0


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
        asyncio.run(_pound_until_refused(pounding))
        _check_refusals(pounding.refused)
        assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200

        disk.make_room(server.pid)
        _wait_until_it_accepts(server, key)
        pounding.statuses.clear()
        asyncio.run(_pound_for(pounding, seconds=0.5))
        assert set(pounding.statuses) == {202}, pounding.statuses
        aftermath.check(server, pounding.acknowledged)
        aftermath.verify(server)
        assert server.terminate() == 0
        assert "Traceback" not in server.log.read_text()
    finally:
        server.close()


async def _pound_until_refused(pounding: Pounding) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(PATIENCE_SECONDS, stop.set)
    await pounding.run(until=stop, enough=lambda: len(pounding.refused) >= REFUSALS)


async def _pound_for(pounding: Pounding, *, seconds: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await pounding.run(until=stop)


def _check_refusals(refused: list[httpx.Response]) -> None:
    assert len(refused) >= REFUSALS, "the disk did not become full"
    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["X-Request-Id"] == answer.json()["requestId"]
        assert "disk" in answer.json()["message"], answer.text


def _wait_until_it_accepts(server: RunningServer, key: str) -> None:
    deadline = time.monotonic() + RECOVERED_WITHIN_SECONDS
    headers = {"Authorization": f"GenieKey {key}"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client:
        while client.post("/v2/deployments", json=create_body()).status_code != 202:
            assert time.monotonic() < deadline, "still refusing although there is room"
            time.sleep(0.1)
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, "not ready although it accepts"
            time.sleep(0.1)
