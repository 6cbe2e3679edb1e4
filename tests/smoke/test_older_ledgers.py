"""A ledger that an older version made opens, is brought to the rules of this version once, and verifies with its seals."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.smoke.cluster import TOKEN_KEY
from tests.support.history import find_schema_before, unpack
from tests.support.opsgenie import created, get, settled
from tests.support.plain_http import no_certificates
from tests.support.postgres import shared_server
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

FIRST, SECOND, THIRD = "2026-03-04T09:00:00.000Z", "2026-03-05T09:00:00.000Z", "2026-03-06T09:00:00.000Z"
ENDED = "2026-03-04T09:05:00.000Z"
UPGRADE_SECONDS = 30.0
SEAL = """
import asyncio, os
from shipledger.clock import Clock
from shipledger.sealing.sealer import Sealer
from shipledger.store.open import open_store
from tests.support.plain_http import no_certificates

async def main():
    store = await open_store(os.environ["DATABASE_URL"])
    sealer = Sealer(store, Clock())
    for organization in await store.list_organizations():
        organization_id = organization.organization_id
        await sealer.seal(organization_id, until=await sealer.find_heads(organization_id))
    await store.close()

asyncio.run(main())
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.torture)])  # a rolling upgrade is over PostgreSQL
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shipledger.db'}"
    else:
        async with shared_server().new_database() as url:
            yield url


@pytest.fixture
def versions(database_url: str, tmp_path: Path) -> Iterator[tuple[RunningServer, RunningServer]]:
    """A server of the version that overwrote runs, and one of this version, over one database; neither is started."""
    sources = unpack(find_schema_before(15), tmp_path / "before")
    environment = {"SHIPLEDGER_TOKEN_KEY": TOKEN_KEY}
    old = RunningServer(tmp_path, database_url=database_url, name="old", environment={**environment, "PYTHONPATH": str(sources)})
    new = RunningServer(tmp_path, database_url=database_url, name="new", environment=environment)
    yield old, new
    old.close()
    new.close()


async def test_it_is_rebuilt_once_verifies_with_its_seals_and_tells_which_runs_were_overwritten(
    versions: tuple[RunningServer, RunningServer], database_url: str, tmp_path: Path
) -> None:
    old, new = versions
    await asyncio.to_thread(old.start)
    headers = {"Authorization": f"GenieKey {old.run_json('credential', 'create', 'opsgenie', '--name', 'test')['api_key']}"}
    async with httpx2.AsyncClient(base_url=old.url, headers=headers, verify=no_certificates()) as client:
        first = await created(client, startedAt=FIRST)
        body = {"state": "successful", "completedAt": ENDED}
        answer = await client.patch("/v2/deployments/build-77/updateState", params={"type": "api"}, json=body)
        await settled(client, answer.json()["requestId"])
        assert await created(client, startedAt=SECOND) == first
        other = await created(client, startedAt=FIRST, externalId="build-78")
    assert await asyncio.to_thread(old.terminate) == 0
    await asyncio.to_thread(seal, database_url, tmp_path / "before" / "src")

    await asyncio.to_thread(new.start)
    async with httpx2.AsyncClient(base_url=new.url, headers=headers, verify=no_certificates()) as client:
        await wait_until_upgraded(new)
        assert (await get(client, "build-77", type="api"))["id"] == first
        again = await created(client, startedAt=THIRD)
        assert again != first
        assert (await get(client, "build-77", type="api"))["id"] == again
        assert await created(client, startedAt=FIRST, externalId="build-78") == other
    sentences = [one["sentence"] for one in await findings(new) if one["subject"] == "runs"]
    assert len(sentences) == 1
    assert first in sentences[0]
    assert other not in sentences[0]
    assert again not in sentences[0]
    assert await asyncio.to_thread(new.terminate) == 0
    verified = (await asyncio.to_thread(new.run_here, "verify", "--json")).json
    assert verified["damage"] == []
    assert verified["chains"][0]["seals"] >= 1
    log = new.log.read_text()
    assert log.count("The ledger is at the rules of this version.") == 1


async def findings(server: RunningServer) -> list[dict[str, str]]:
    done = await asyncio.to_thread(server.run_here, "doctor", "--json", code=None)  # the tests' PostgreSQL runs without fsync
    found: list[dict[str, str]] = done.json["findings"]
    return found


async def wait_until_upgraded(server: RunningServer) -> None:
    async with asyncio.timeout(UPGRADE_SECONDS):
        while any(one["subject"] == "upgrade" for one in await findings(server)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def seal(database_url: str, sources: Path) -> None:
    """Seal all entries by the code of the older version: its server would take more than a minute."""
    environment = {**os.environ, "PYTHONPATH": str(sources), "DATABASE_URL": database_url}
    subprocess.run([sys.executable, "-c", SEAL], env=environment, check=True, timeout=60)
