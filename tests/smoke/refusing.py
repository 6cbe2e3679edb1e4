"""What a server does that cannot write: it refuses in its protocol's words, and accepts again by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import httpx2

from tests.smoke.pounding import Acknowledged, Pounding
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

RECOVERED_WITHIN_SECONDS = 30.0
REFUSALS = 20
PATIENCE_SECONDS = 60.0


async def pound_until_refused(pounding: Pounding) -> None:
    """Load until so many more writes than before were refused."""
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(PATIENCE_SECONDS, stop.set)
    enough = len(pounding.refused) + REFUSALS
    await pounding.run(until=stop, enough=lambda: len(pounding.refused) >= enough)
    assert len(pounding.refused) >= enough, f"nothing made it refuse: {pounding.statuses}"


async def pound_until_acknowledged(pounding: Pounding, count: int) -> None:
    """Load until so many more writes are acknowledged."""
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(PATIENCE_SECONDS, stop.set)
    enough = len(pounding.acknowledged) + count
    await pounding.run(until=stop, enough=lambda: len(pounding.acknowledged) >= enough)
    assert len(pounding.acknowledged) >= enough, f"hardly accepts: {pounding.statuses}"


def check_refusals(refused: Sequence[httpx2.Response], *words: str) -> None:
    """Each says when to come again, in the protocol's envelope, and names one of ``words`` as the reason."""
    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["X-Request-Id"] == answer.json()["requestId"]
        assert any(word in answer.json()["message"] for word in words), answer.text


def check_reads(server: RunningServer, key: str, settled: Sequence[Acknowledged]) -> None:
    """The server lives, shows its pages, and tells of these writes what became of them."""
    with httpx2.Client(
        base_url=server.url, headers={"Authorization": f"GenieKey {key}"}, trust_env=False, verify=no_certificates()
    ) as client:
        for write in settled:
            assert client.get(f"/v2/deployments/requests/{write.request_id}").json()["data"]["isSuccess"]
            shown = client.get(f"/v2/deployments/{write.external_id}", params={"identifierType": "api"})
            assert shown.status_code == 200, shown.text
        assert client.get(server.link, follow_redirects=True).status_code == 200
        assert client.get("/healthz").status_code == 200


def check_is_not_ready(server: RunningServer) -> None:
    """It says itself that it takes no writes."""
    answer = httpx2.get(f"{server.url}/readyz", trust_env=False, verify=no_certificates())
    assert answer.status_code == 503, answer.text
    assert answer.json()["checks"]["store"] != "ok"


def wait_until_it_accepts(server: RunningServer, key: str) -> None:
    """Return once it takes a write and says that it is ready, which nobody has to bring about."""
    deadline = time.monotonic() + RECOVERED_WITHIN_SECONDS
    headers = {"Authorization": f"GenieKey {key}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=20, trust_env=False, verify=no_certificates()) as client:
        while client.post("/v2/deployments", json=create_body()).status_code != 202:
            assert time.monotonic() < deadline, "still refusing although it could write"
            time.sleep(0.1)
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, "not ready although it accepts"
            time.sleep(0.1)
