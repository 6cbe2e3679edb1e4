"""Checks of ``shipledger doctor`` for the token key and a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipledger.cli.checkup import Finding, Level
from shipledger.errors import ShipledgerError
from shipledger.settings import Settings
from shipledger.store.key_agreement import describe_fault
from shipledger.store.key_file import find_token_keys


def check_token_key(settings: Settings) -> Iterator[Finding]:
    """Whether all nodes share one key."""
    if not settings.token_key:
        yield Finding(
            subject="token key",
            level=Level.WARNING,
            sentence="The token key is in this machine's data directory, so other nodes would use another key.",
            advice="Set SHIPLEDGER_TOKEN_KEY to the same value on every node.",
        )


def check_key(noted: str, settings: Settings) -> Iterator[Finding]:
    """Whether the key exists and is the ledger's."""
    try:
        fault = describe_fault(noted, find_token_keys(settings), settings)
    except ShipledgerError as error:
        fault = error.message
    if fault is not None:
        yield Finding(subject="token key", level=Level.PROBLEM, sentence=fault)


def check_server(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the server's settings are durable and the connection is encrypted. Nothing for a SQLite file."""
    for name in ("fsync", "full_page_writes"):
        if facts.get(name, "on") != "on":
            yield Finding(
                subject="server",
                level=Level.PROBLEM,
                sentence=f"{name} is off: a crash of the database machine may corrupt the database.",
                advice=f"Set {name} = on in postgresql.conf.",
            )
    if facts.get("is_encrypted") is False and not _is_local(str(facts["location"])):
        yield Finding(
            subject="server",
            level=Level.WARNING,
            sentence="The connection to the database is not encrypted.",
            advice="Add sslmode=verify-full to the database URL; see docs/how-to/postgresql.md.",
        )


def _is_local(location: str) -> bool:
    return location.startswith(("127.", "localhost", "[::1]", "a local socket"))
