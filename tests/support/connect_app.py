"""An app as others write them: an HTTP server of its own that describes itself, and keeps what it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import atlassian_jwt  # type: ignore[import-untyped]
import httpx2
import jwt
from msgspec import Struct

from tests.support.plain_http import no_certificates

BASE = "/connect"
KEY = "com.example.app"


class Heard(Struct, frozen=True):
    """A lifecycle call that the app got."""

    target: str
    headers: dict[str, str]
    body: dict[str, Any]


class ExampleApp:
    """An app that answers lifecycle calls with ``status``, after ``meanwhile``."""

    def __init__(self) -> None:
        self.port = 0
        self.status = 204
        self.changes: dict[str, Any] = {}
        self.heard: list[Heard] = []
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    @property
    def base_url(self) -> str:
        """Where it is reached."""
        return f"http://localhost:{self.port}{BASE}"

    @property
    def descriptor_url(self) -> str:
        """Where it describes itself."""
        return f"{self.base_url}/atlassian-connect.json"

    @property
    def secret(self) -> str:
        """The secret that it was told last."""
        return next(str(call.body["sharedSecret"]) for call in reversed(self.heard) if "sharedSecret" in call.body)

    def descriptor(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "key": KEY,
            "name": "Example deployment provider",
            "baseUrl": self.base_url,
            "authentication": {"type": "jwt"},
            "lifecycle": {event: f"/events/{event}" for event in ("installed", "uninstalled", "enabled", "disabled")},
            "scopes": ["READ", "WRITE", "DELETE", "ACT_AS_USER"],
            "modules": {
                "jiraDeploymentInfoProvider": {
                    "key": "example",
                    "name": {"value": "Example"},
                    "homeUrl": "https://app.example.com",
                }
            },
            **self.changes,
        }

    async def verify(self, call: Heard, ledger_url: str) -> dict[str, Any]:
        """The claims of a call, checked as the vendor tells apps to: by the public key that the header names."""
        token = call.headers["authorization"].removeprefix("JWT ")
        name = jwt.get_unverified_header(token)["kid"]
        async with httpx2.AsyncClient(trust_env=False, verify=no_certificates()) as client:
            key = await client.get(f"{ledger_url}/connect-install-keys/{name}")
        assert key.headers["content-type"].startswith("text/plain")
        claims: dict[str, Any] = jwt.decode(token, key.text, algorithms=["RS256"], audience=self.base_url)
        assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", call.target.removeprefix(BASE))
        return claims

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        target = first.split()[1]
        if first.startswith("GET"):
            status, said = 200, json.dumps(self.descriptor()).encode()
        else:
            self.heard.append(Heard(target, headers, json.loads(body)))
            if self.meanwhile is not None:
                await self.meanwhile()
            status, said = self.status, b""
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n".encode() + said)
        writer.close()


@asynccontextmanager
async def example_app() -> AsyncIterator[ExampleApp]:
    """An app that runs."""
    app = ExampleApp()
    async with await asyncio.start_server(app.answer, "localhost", 0) as server:
        app.port = server.sockets[0].getsockname()[1]
        yield app
