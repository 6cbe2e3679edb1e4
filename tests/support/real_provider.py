"""A real OpenID Connect provider, of others' making, as a program of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

PATIENCE_SECONDS = 60


def settings_for(issuer: str) -> dict[str, str]:
    """The settings of a server whose people are at a provider."""
    return {
        "sign_on_issuer": issuer,
        "sign_on_client_id": "shipledger",
        "sign_on_client_secret": "hidden",
        "sign_on_name": "Example ID",
        "sign_on_roles": "sre=approver",
        "outgoing_networks": "127.0.0.0/8, ::1/128",
    }


@asynccontextmanager
async def real_provider(people: Sequence[Mapping[str, Any]]) -> AsyncIterator[str]:
    """The issuer of a running provider. ``people``: claims of each, with ``sub``, by which they sign in there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    claims = [part for one in people for part in ("--user-claims", json.dumps(one))]
    program = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *claims]
    silent = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*program, stdout=silent, stderr=silent)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def _wait_for(port: int) -> None:
    """Return once it listens: it has no signal that it does."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
