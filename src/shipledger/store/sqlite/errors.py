"""What SQLite's errors mean, in the ledger's words."""

from __future__ import annotations

import re
import sqlite3

from shipledger.errors import Conflict, DamagedStore, NotFound, ShipledgerError, Unavailable, Unstorable

_CODE_BITS = 0xFF

_OUTAGES: dict[int, str] = {
    sqlite3.SQLITE_FULL: "the database disk is full; free some space",
    sqlite3.SQLITE_IOERR: "the database disk has errors or became read-only; check the disk",
    sqlite3.SQLITE_BUSY: "another program has locked the database; wait for it to finish, or stop it",
    sqlite3.SQLITE_LOCKED: "another program has locked the database; wait for it to finish, or stop it",
    sqlite3.SQLITE_READONLY: "the database is not writable; check its permissions",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened; check its path and permissions",
    sqlite3.SQLITE_PERM: "the database file cannot be opened; check its path and permissions",
    sqlite3.SQLITE_NOMEM: "there is not enough memory for the database",
    sqlite3.SQLITE_PROTOCOL: "another program has locked the database; wait for it to finish, or stop it",
}

_DAMAGES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
RESTORE_ADVICE = (
    "Stop the server and restore a backup: shipledger restore BACKUP --force (it keeps the damaged file). Without a backup, "
    "see docs/how-to/troubleshoot.md."
)

_UNFIT = (
    sqlite3.SQLITE_CONSTRAINT_CHECK,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_MISMATCH,
)
"""What a value fails by: what a column may hold, and its size."""

_VIOLATIONS: dict[str, tuple[type[ShipledgerError], str, str]] = {
    "organization.slug": (Conflict, "organization_slug_taken", "An organization with this slug exists; choose another slug."),
    "organization.organization_id": (Conflict, "organization_exists", "This organization already exists."),
    "credential.secret_hash": (Conflict, "credential_exists", "A credential with this secret already exists."),
    "credential.organization_id": (Conflict, "credential_exists", "This credential already exists."),
    "person.": (Conflict, "person_exists", "Somebody with this address has an account."),
    "service.organization_id, service.name_key": (
        Conflict,
        "service_name_taken",
        "A service with this name exists; choose another name.",
    ),
    "service.organization_id, service.slug": (
        Conflict,
        "service_slug_taken",
        "A service with this slug exists; choose another slug.",
    ),
    "service.organization_id, service.service_id": (Conflict, "service_exists", "This service already exists."),
    "receipt.": (Conflict, "receipt_exists", "This receipt is already recorded."),
    "git_pack.": (Conflict, "pack_exists", "This pack is already stored."),
    "verdict.": (Conflict, "receipt_not_pending", "The receipt was settled in the meantime."),
    "entry_seal.": (Conflict, "seal_exists", "Another node created this seal."),
    "entry.": (Conflict, "deployment_moved_on", "The deployment changed in the meantime; load it and decide again."),
    "incident_entry.organization_id, incident_entry.number": (
        Conflict,
        "incident_number_taken",
        "Another incident took this number in the meantime; decide again.",
    ),
    "incident_entry.": (Conflict, "incident_moved_on", "The incident changed in the meantime; load it and decide again."),
    "incident_alias.": (Conflict, "alias_taken", "Another incident took this identity in the meantime; decide again."),
    "deployment_alias.": (Conflict, "alias_taken", "Another deployment took this identity in the meantime; decide again."),
}


_OF_A_RECORD = re.compile(r"\w+_(entry|alias)\.")
"""Entries and names of any aggregate."""
MOVED_ON = "A record, or a name of one, changed in the meantime; load it and decide again."


def is_outage(error: sqlite3.Error) -> bool:
    """Whether the database itself fails, so that nothing else in the same transaction can succeed either."""
    return _primary_code(error) in _OUTAGES or is_damage(error)


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is damaged."""
    return isinstance(error, sqlite3.Error) and _primary_code(error) in _DAMAGES


def to_unavailable(error: Exception) -> Unavailable:
    """What callers hear when the database fails."""
    if isinstance(error, Unavailable):
        return error
    if _primary_code(error) == sqlite3.SQLITE_CORRUPT:
        return DamagedStore(
            "database_damaged", f"The database file is damaged; `shipledger doctor` shows where. {RESTORE_ADVICE}"
        )
    if is_damage(error):
        sentence = "The file is not a database, or its first page is damaged. Check the setting database_url. If it is right:"
        return Unavailable("database_unavailable", f"{sentence} {RESTORE_ADVICE}")
    reason = _OUTAGES.get(_primary_code(error), f"the database reports {getattr(error, 'sqlite_errorname', None) or error!r}")
    return Unavailable("database_unavailable", f"The ledger is unavailable: {reason}.")


def translate(error: Exception) -> Exception:
    """The domain error for a violated constraint or an outage; any other error as it is, for it is a fault of ours."""
    if not isinstance(error, sqlite3.Error):
        return error
    if is_outage(error):
        return to_unavailable(error)
    text = str(error)
    if text.startswith("UNIQUE constraint failed: "):
        columns = text.removeprefix("UNIQUE constraint failed: ")
        return _name_violation(columns) or error
    if text == "FOREIGN KEY constraint failed":
        return NotFound("parent_not_found", "The organization, service or receipt that this belongs to does not exist.")
    if getattr(error, "sqlite_errorcode", None) in _UNFIT:
        return Unstorable("unstorable", "The database cannot store a value in this request.")
    return error


def _name_violation(columns: str) -> Exception | None:
    """What is taken, or None where no program of ours may cause that."""
    for start, (kind, code, message) in _VIOLATIONS.items():
        if columns.startswith(start):
            return kind(code, message)
    return Conflict("record_moved_on", MOVED_ON) if _OF_A_RECORD.match(columns) else None


def _primary_code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _CODE_BITS
