"""Checks of ``shipledger doctor`` for the token key and a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shipledger.cli.checkup import Finding, Level
from shipledger.errors import ShipledgerError
from shipledger.settings import Settings
from shipledger.store.key_agreement import ARCHIVE_KEY_LOST, check_of, describe_fault
from shipledger.store.key_file import find_archive_key, find_token_keys, place_of_archive_key


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


def check_archive_key(noted: str, settings: Settings) -> Iterator[Finding]:
    """Whether this machine has the key that archives of the ledger are signed with, if there is one."""
    if not noted:
        return
    try:
        key = find_archive_key(settings)
    except ShipledgerError as error:
        yield Finding(subject="archive key", level=Level.PROBLEM, sentence=error.message)
        return
    if key is None or check_of(key) != noted:
        yield Finding(
            subject="archive key",
            level=Level.WARNING if key is None else Level.PROBLEM,
            sentence=f"The key that archives are signed with is not in the file {place_of_archive_key(settings)}.",
            advice=ARCHIVE_KEY_LOST,
        )


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
