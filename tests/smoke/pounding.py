"""Clients that pound a server and remember everything that it acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence

import httpx2
from msgspec import Struct

from tests.support.opsgenie import create_body, release

PAUSE_SECONDS = 0.03
"""After a refusal."""

GONE_SECONDS = 0.2
"""After nobody listened: a node is being started, which is what time is better spent on."""

FINAL = ("successful", "failed")


class Acknowledged(Struct, frozen=True):
    """A write that was answered 202."""

    request_id: str
    operation: str
    external_id: str
    state: str = ""


class Pounding:
    """What a number of connections have sent so far to the servers at some URLs, and what became of it.

    A create whose outcome is not known is sent again, as a client would. ``cut_off`` has the time, by the monotonic
    clock, when each request was sent whose connection closed unanswered. Changes go to ``change_urls``, if there are some.
    """

    def __init__(self, *urls: str, key: str, seed: int, connections: int = 8, change_urls: Sequence[str] = ()) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[int | str] = Counter()
        self.refused: list[httpx2.Response] = []
        self.cut_off: list[float] = []
        self._urls = urls
        self._change_urls = change_urls or urls
        self.key = key
        self._chance = random.Random(seed)
        self._connections = connections
        self._number = 0
        self._run = f"{seed:x}"
        self._known: list[str] = []
        self._doubtful: list[str] = []

    async def run(self, *, until: asyncio.Event, enough: Callable[[], bool] = lambda: False) -> None:
        """Send from every connection until told to stop, or until it is ``enough``."""
        headers = {"Authorization": f"GenieKey {self.key}"}
        client = httpx2.AsyncClient(headers=headers, timeout=20, verify=False, trust_env=False)
        async with client, asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._pound(client, until, enough))

    async def _pound(self, client: httpx2.AsyncClient, until: asyncio.Event, enough: Callable[[], bool]) -> None:
        while not until.is_set() and not enough():
            sent_at = time.monotonic()
            try:
                await self._send_one(client)
            except httpx2.TransportError as error:
                self.statuses[type(error).__name__] += 1
                if isinstance(error, httpx2.ConnectError):
                    await asyncio.sleep(GONE_SECONDS)
                else:
                    self.cut_off.append(sent_at)
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _send_one(self, client: httpx2.AsyncClient) -> None:
        """A create, a repeated create, or a change of what was acknowledged."""
        external_id = self._choose()
        if external_id not in self._known or self._chance.random() < 0.2:
            await self._create(client, f"{self._chance.choice(self._urls)}/v2/deployments", external_id)
            return
        base = f"{self._chance.choice(self._change_urls)}/v2/deployments"
        if self._chance.random() < 0.6:
            state = self._chance.choice(("started", *FINAL))
            body = {"state": state, "completedAt": f"2026-03-04T10:{self._chance.randrange(60):02d}:00Z"}
            answer = await client.patch(f"{base}/{external_id}/updateState?type=api", json=body)
            await self._note(answer, "update state", external_id, state)
        else:
            body = {"message": f"Note {self._chance.random()}"}
            answer = await client.patch(f"{base}/{external_id}/update?type=api", json=body)
            await self._note(answer, "update", external_id)

    def _choose(self) -> str:
        if self._doubtful:
            return self._doubtful.pop()
        if self._known and self._chance.random() < 0.5:
            return self._chance.choice(self._known)
        self._number += 1
        return f"{self._run}-{self._number}"

    async def _create(self, client: httpx2.AsyncClient, base: str, external_id: str) -> None:
        try:
            answer = await client.post(base, json=_create(external_id))
        except httpx2.TransportError:
            self._doubtful.append(external_id)
            raise
        if answer.status_code != 202:
            self._doubtful.append(external_id)
        await self._note(answer, "create", external_id)

    async def _note(self, answer: httpx2.Response, operation: str, external_id: str, state: str = "") -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code == 202:
            request_id = answer.json()["requestId"]
            assert answer.headers["X-Request-Id"] == request_id
            self.acknowledged.append(
                Acknowledged(request_id=request_id, operation=operation, external_id=external_id, state=state)
            )
            if operation == "create":
                self._known.append(external_id)
        else:
            assert answer.status_code in {429, 503}, f"{answer.status_code}: {answer.text}"
            self.refused.append(answer)
            await asyncio.sleep(PAUSE_SECONDS)


def _create(external_id: str) -> dict[str, object]:
    return create_body(externalId=external_id, releases=[release(sha=external_id)])
