"""What ``shipledger doctor`` looks at of the token key, and of a server of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipledger.cli.checkup import Finding, Level
from shipledger.errors import ShipledgerError
from shipledger.settings import Settings
from shipledger.store.key_agreement import describe_fault
from shipledger.store.key_file import find_token_keys


def check_token_key(settings: Settings) -> Iterator[Finding]:
    """Whether all nodes have one key."""
    if not settings.token_key:
        yield Finding(
            subject="token key",
            level=Level.WARNING,
            sentence="The token key is kept in the data directory of this machine, so another node has another one.",
            advice="Set SHIPLEDGER_TOKEN_KEY, the same on every node.",
        )


def check_key(noted: str, settings: Settings) -> Iterator[Finding]:
    """Whether the key is there, and the one that the ledger was used with."""
    try:
        fault = describe_fault(noted, find_token_keys(settings), settings)
    except ShipledgerError as error:
        fault = error.message
    if fault is not None:
        yield Finding(subject="token key", level=Level.PROBLEM, sentence=fault)


def check_server(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the server keeps what it has acknowledged, and whether others can read along. Nothing for a SQLite file."""
    for name in ("fsync", "full_page_writes"):
        if facts.get(name, "on") != "on":
            yield Finding(
                subject="server",
                level=Level.PROBLEM,
                sentence=f"{name} is off: a crash of the server's machine may destroy the database.",
                advice=f"Set {name} = on in postgresql.conf.",
            )
    if facts.get("is_encrypted") is False and not _is_local(str(facts["location"])):
        yield Finding(
            subject="server",
            level=Level.WARNING,
            sentence="The connection to the database is not encrypted.",
            advice="Add sslmode=verify-full to the URL of the database; see docs/how-to/postgresql.md.",
        )


def _is_local(location: str) -> bool:
    return location.startswith(("127.", "localhost", "[::1]", "a local socket"))
