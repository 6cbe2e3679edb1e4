"""Clients that pound a server and remember everything that it acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable

import httpx
from msgspec import Struct

from tests.support.opsgenie import create_body, release

FINAL = ("successful", "failed")


class Acknowledged(Struct, frozen=True):
    """A write that was answered 202."""

    request_id: str
    operation: str
    external_id: str
    state: str = ""


class Pounding:
    """What a number of connections have sent so far, and what became of it.

    ``cut_off`` has the time, by the monotonic clock, when each request was sent whose connection closed unanswered.
    """

    def __init__(self, url: str, key: str, *, seed: int, connections: int = 8) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[int | str] = Counter()
        self.refused: list[httpx.Response] = []
        self.cut_off: list[float] = []
        self._url = url
        self._key = key
        self._chance = random.Random(seed)
        self._connections = connections
        self._number = 0
        self._run = f"{seed:x}"
        self._known: list[str] = []

    async def run(self, *, until: asyncio.Event, enough: Callable[[], bool] = lambda: False) -> None:
        """Send from every connection until told to stop, or until it is ``enough``."""
        headers = {"Authorization": f"GenieKey {self._key}"}
        client = httpx.AsyncClient(base_url=self._url, headers=headers, timeout=20, verify=False, trust_env=False)  # noqa: S501
        async with client, asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._pound(client, until, enough))

    async def _pound(self, client: httpx.AsyncClient, until: asyncio.Event, enough: Callable[[], bool]) -> None:
        while not until.is_set() and not enough():
            sent_at = time.monotonic()
            try:
                await self._send_one(client)
            except httpx.TransportError as error:
                if not isinstance(error, httpx.ConnectError):
                    self.cut_off.append(sent_at)
                self.statuses[type(error).__name__] += 1
                await asyncio.sleep(0.01)

    async def _send_one(self, client: httpx.AsyncClient) -> None:
        """A create, a repeated create, or a change of what was acknowledged."""
        if not self._known or self._chance.random() < 0.5:
            self._number += 1
            external_id = f"{self._run}-{self._number}"
        else:
            external_id = self._chance.choice(self._known)
        if external_id not in self._known or self._chance.random() < 0.2:
            await self._note(await client.post("/v2/deployments", json=_create(external_id)), "create", external_id)
            return
        path = f"/v2/deployments/{external_id}"
        if self._chance.random() < 0.6:
            state = self._chance.choice(("started", *FINAL))
            body = {"state": state, "completedAt": f"2026-03-04T10:{self._chance.randrange(60):02d}:00Z"}
            answer = await client.patch(f"{path}/updateState?type=api", json=body)
            await self._note(answer, "update state", external_id, state)
        else:
            answer = await client.patch(f"{path}/update?type=api", json={"message": f"Note {self._chance.random()}"})
            await self._note(answer, "update", external_id)

    async def _note(self, answer: httpx.Response, operation: str, external_id: str, state: str = "") -> None:
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


def _create(external_id: str) -> dict[str, object]:
    return create_body(externalId=external_id, releases=[release(sha=external_id)])
