"""Rebuild, verification and facts about a SQLite file."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from shipledger.errors import Unavailable
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.store import rows
from shipledger.store.contract import Difference
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession
from shipledger.store.sqlite.settlement import prepare_projections

_ENTRIES_PER_CHUNK = 2_000
_MOST_FINDINGS = 1_000

_PROJECTIONS: dict[str, str] = {
    "deployment": "read_deployment_rows",
    "deployment_alias": "read_deployment_alias_rows",
    "deployment_release": "read_deployment_release_rows",
    "incident": "read_incident_rows",
    "incident_alias": "read_incident_alias_rows",
}

_CHECKS: tuple[tuple[str, str, str], ...] = (
    ("find_settled_without_verdict", "receipt", "This receipt is settled, but no verdict is kept."),
    ("find_verdicts_without_deployment", "verdict", "A verdict on this receipt names a deployment that has no entries."),
    ("find_gaps_in_entries", "entry", "The entries of this deployment are not numbered without gaps."),
    ("find_entries_without_deployment", "deployment", "This deployment has entries but no projection; run a rebuild."),
    ("find_deployments_at_wrong_version", "deployment", "This projection is not at its last entry; run a rebuild."),
    ("find_aliases_without_deployment", "deployment_alias", "This name means a deployment that is not there; run a rebuild."),
    (
        "find_releases_without_deployment",
        "deployment_release",
        "This release is of a deployment that is not there; run a rebuild.",
    ),
)

_FILE_FACTS = {"revision": "read_revision", "journal_mode": "describe_journal"}
_WRITER_FACTS = {"synchronous": "describe_synchronous", "foreign_keys": "describe_foreign_keys"}
_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


class SqliteMaintenance(SqliteSession):
    """Upkeep over all organizations."""

    async def read_histories(self) -> AsyncIterator[list[Entry]]:
        """See MaintenanceStore. Read in chunks, so what is written meanwhile may or may not be seen."""
        history: list[Entry] = []
        after: tuple[str, str, int] = ("", "", 0)
        while chunk := await self._read_entries(after):
            for entry in chunk:
                if history and _key(history[0]) != _key(entry):
                    yield history
                    history = []
                history.append(entry)
            after = (*_key(chunk[-1]), chunk[-1].version)
        if history:
            yield history

    async def _read_entries(self, after: tuple[str, str, int]) -> list[Entry]:
        organization_id, deployment_id, version = after
        parameters = {
            "organization_id": organization_id,
            "deployment_id": deployment_id,
            "version": version,
            "limit": _ENTRIES_PER_CHUNK,
        }

        def read(connection: Connection) -> list[Entry]:
            return [rows.to_entry(row) for row in connection.execute(self._sql["list_entries_after"], parameters)]

        return await self._read_long(read)

    async def count_entries(self) -> int:
        """See MaintenanceStore."""
        count: int = await self._read_long(lambda connection: connection.execute(self._sql["count_entries"]).fetchone()[0])
        return count

    async def clear_projections(self) -> None:
        """See MaintenanceStore."""

        def clear(connection: Connection) -> None:
            for name in ("clear_deployment_releases", "clear_deployment_aliases", "clear_deployments", "clear_incidents"):
                connection.execute(self._sql[name])

        await self._write(clear)

    async def save_projections(self, deployments: Sequence[Deployment]) -> None:
        """See MaintenanceStore. What is stored at a newer version stays: a server may have settled more meanwhile."""
        keys = rows.to_json((one.organization_id, one.deployment_id, one.version) for one in deployments)

        def save(connection: Connection) -> None:
            newer = set(connection.execute(self._sql["list_stale_projections"], {"keys": keys}).fetchall())
            wanted = [one for one in deployments if (one.organization_id, one.deployment_id) not in newer]
            prepare_projections(self._sql, wanted)(connection)

        await self._write(save)

    async def digest_projections(self) -> Mapping[str, str]:
        """See MaintenanceStore. All tables as of one moment."""

        def digest(connection: Connection) -> dict[str, str]:
            connection.execute(self._sql["begin_read"])
            return {table: _digest(connection.execute(self._sql[name])) for table, name in _PROJECTIONS.items()}

        return await self._read_apart(digest)

    async def find_damage(self) -> list[Difference]:
        """See MaintenanceStore. At most a thousand findings of each kind."""

        def look(connection: Connection) -> list[Difference]:
            found = [
                Difference(organization_id="", table="", key="", sentence=f"SQLite's integrity check says: {text}.")
                for (text,) in connection.execute(self._sql["check_integrity"])
                if text != "ok"
            ]
            for table, row_id, parent, _ in connection.execute(self._sql["check_foreign_keys"]).fetchmany(_MOST_FINDINGS):
                sentence = f"A row refers to a {parent} that does not exist."
                found.append(Difference(organization_id="", table=table, key=f"row {row_id}", sentence=sentence))
            for name, table, sentence in _CHECKS:
                for organization_id, key in connection.execute(self._sql[name], {"limit": _MOST_FINDINGS}):
                    found.append(Difference(organization_id=organization_id, table=table, key=key, sentence=sentence))
            return found

        return await self._read_apart(look)

    async def describe(self) -> Mapping[str, Any]:
        """See MaintenanceStore. The settings of the writer are left out when it cannot be reached."""

        def ask(connection: Connection, questions: Mapping[str, str]) -> dict[str, Any]:
            return {fact: connection.execute(self._sql[name]).fetchone()[0] for fact, name in questions.items()}

        files = [self._path, self._path.with_name(self._path.name + "-wal")]
        facts: dict[str, Any] = {
            "engine": "SQLite",
            "version": sqlite3.sqlite_version,
            "location": str(self._path),
            "size_bytes": sum(file.stat().st_size for file in files if file.exists()),
            **await self._read(lambda connection: ask(connection, _FILE_FACTS)),
        }
        with contextlib.suppress(Unavailable):
            facts |= await self._write(lambda connection: ask(connection, _WRITER_FACTS))
            facts["synchronous"] = _SYNCHRONOUS.get(facts["synchronous"], "unknown")
            facts["foreign_keys"] = facts["foreign_keys"] == 1
        return facts


def _key(entry: Entry) -> tuple[str, str]:
    return entry.organization_id, entry.deployment_id


def _digest(table: sqlite3.Cursor) -> str:
    digest = hashlib.sha256()
    for row in table:
        digest.update(msgspec.json.encode(row))
        digest.update(b"\n")
    return digest.hexdigest()
