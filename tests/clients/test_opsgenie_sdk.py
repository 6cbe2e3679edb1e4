"""Opsgenie's own Python client, pointed at Shipledger by its host alone. It knows incidents, and of the actions on them close."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.support import packages
from tests.support.opsgenie import created_service

CALLS = Path(__file__).parent / "opsgenie_calls.py"

pytestmark = packages.TIMEOUT


async def test_it_creates_reads_lists_closes_and_deletes_incidents(server, opsgenie):
    python = packages.require_python("opsgenie-sdk")
    key = opsgenie.headers["Authorization"].removeprefix("GenieKey ")
    process = await asyncio.create_subprocess_exec(
        *(python, str(CALLS), server.url, await created_service(opsgenie)),
        env={**packages.environment(), "OPSGENIE_API_KEY": key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    written, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    assert json.loads(written) == {
        "create": "Created incident",
        "get": {
            "message": "Checkout answers 500",
            "status": "open",
            "priority": "P1",
            "tags": ["checkout"],
            "responders": [["team", True], ["user", True]],
        },
        "get by tiny id": True,
        "list": True,
        "listed responders": True,
        "close": "Closed incident",
        "get closed": "closed",
        "delete": "Deleted incident",
        "nothing left": [],
        "delete again": False,
    }
