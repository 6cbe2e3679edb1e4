"""SIGTERM ends the program in good order: what was begun is finished, what comes later is refused."""

from __future__ import annotations

import asyncio
import json
import signal
import time

import httpx2
import pytest

from tests.smoke import aftermath
from tests.smoke.pounding import Pounding
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

ENOUGH = 20
ON_THE_WAY_SECONDS = 0.005
"""A request sent this shortly before the signal may still have been on its way when the connections were closed."""


def test_a_stop_under_load_cuts_no_request_off_and_keeps_everything_acknowledged(program: RunningServer) -> None:
    key = program.credential()
    pounding = Pounding(program.url, key=key, seed=7)
    stopped_at = asyncio.run(_pound_and_stop(program, pounding))
    assert program.wait() == 0
    assert pounding.statuses[202] > ENOUGH
    assert all(sent_at > stopped_at - ON_THE_WAY_SECONDS for sent_at in pounding.cut_off), pounding.statuses
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in pounding.refused)
    program.start()
    aftermath.check(program, pounding.acknowledged)
    aftermath.check_status(program, key, pounding.acknowledged)
    assert program.terminate() == 0


async def _pound_and_stop(program: RunningServer, pounding: Pounding) -> float:
    """When the signal was sent, by the monotonic clock."""
    stop = asyncio.Event()

    async def signal_and_go_on() -> float:
        while len(pounding.acknowledged) <= ENOUGH:  # noqa: ASYNC110  it is fed by connections
            await asyncio.sleep(0.01)
        program.signal(signal.SIGTERM)
        stopped_at = time.monotonic()
        await asyncio.sleep(0.5)
        stop.set()
        return stopped_at

    signalling = asyncio.create_task(signal_and_go_on())
    await pounding.run(until=stop)
    return await signalling


def test_a_request_whose_body_is_under_way_is_still_answered(program: RunningServer) -> None:
    key = program.credential()
    answer = asyncio.run(_send_slowly(program, key))
    assert answer.startswith((b"HTTP/1.1 202", b"HTTP/1.1 503")), answer
    assert program.wait() == 0
    if answer.startswith(b"HTTP/1.1 202"):
        request_id = json.loads(answer.partition(b"\r\n\r\n")[2])["requestId"]
        program.start()
        headers = {"Authorization": f"GenieKey {key}"}
        status = httpx2.get(
            f"{program.url}/v2/deployments/requests/{request_id}", headers=headers, trust_env=False, verify=no_certificates()
        )
        assert status.json()["data"]["isSuccess"]


async def _send_slowly(program: RunningServer, key: str) -> bytes:
    body = json.dumps(create_body()).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    head = f"POST /v2/deployments HTTP/1.1\r\nHost: x\r\nAuthorization: GenieKey {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body[:40])
    await writer.drain()
    await asyncio.sleep(0.2)
    program.signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    writer.write(body[40:])
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


def test_a_second_signal_does_not_wait(program: RunningServer) -> None:
    asyncio.run(_hold_open_and_signal_twice(program))
    assert program.wait(5) is not None


async def _hold_open_and_signal_twice(program: RunningServer) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", program.port)
    writer.write(b"POST /v2/deployments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.2)
    program.signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    program.signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    writer.close()
