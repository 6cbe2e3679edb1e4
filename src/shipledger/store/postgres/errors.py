"""What PostgreSQL's errors mean, in the ledger's words."""

from __future__ import annotations

import re
import ssl

import asyncpg

from shipledger.errors import Conflict, DamagedStore, InDoubt, Invalid, NotFound, ShipledgerError, Unavailable, Unstorable

_OUTAGES: dict[str, str] = {
    "53100": "the disk of the database is full; free some space",
    "53200": "the database is out of memory",
    "53300": "the database has no connection left; lower database_pool_size or raise max_connections",
    "53400": "a limit of the database is reached",
    "25P03": "this node was too slow, and the database has ended its transaction",
    "57014": "the database took longer than database_statement_timeout_seconds",
    "57P01": "the database is stopping",
    "57P02": "the database has crashed",
    "57P03": "the database is starting",
    "55P03": "another program holds a lock on the tables; wait for it to finish, or stop it",
    "40001": "other writers were faster; try again",
    "40P01": "other writers were faster; try again",
    "25006": "the database is read-only; it may be a standby, so look at the address",
    "26000": "a pooler gives each transaction another connection; set database_pgbouncer",
    "42P05": "a pooler gives each transaction another connection; set database_pgbouncer",
    "28000": "the database refuses this user; look at user, password and pg_hba.conf",
    "28P01": "the database refuses the password; look at the address",
    "3D000": "the database does not exist; create it as docs/how-to/postgresql.md says",
    "42501": "the user lacks a right; it must own its database, as docs/how-to/postgresql.md says",
    "42P01": "a table of the ledger is missing: the database was emptied or replaced; put the ledger back",
    "58030": "the disk of the database does not read or write; look at the disk",
}

_DAMAGES: dict[str, str] = {
    "XX001": "the database is damaged; restore it from a backup, as docs/how-to/back-up.md says",
    "XX002": "an index of the database is damaged; run REINDEX",
    "58P01": "a file of the database is missing; restore it from a backup, as docs/how-to/back-up.md says",
}
"""What no later try mends."""

_LOST = ("08", "57P")
"""The classes of errors after which nobody knows whether a commit took place: the connection is gone."""

_UNFIT = ("22", "54", "23502", "23514")
"""What a value fails by: its form, a limit such as that of an index, and what a column may hold."""

_VIOLATIONS: dict[str, tuple[type[ShipledgerError], str, str]] = {
    "organization_slug_key": (Conflict, "organization_slug_taken", "An organization with this slug exists; choose another slug."),
    "organization_pkey": (Conflict, "organization_exists", "This organization exists already."),
    "credential_": (Conflict, "credential_exists", "A credential with this secret exists already."),
    "service_organization_id_name_key_key": (
        Conflict,
        "service_name_taken",
        "A service with this name exists; choose another name.",
    ),
    "service_organization_id_slug_key": (
        Conflict,
        "service_slug_taken",
        "A service with this slug exists; choose another slug.",
    ),
    "service_pkey": (Conflict, "service_exists", "This service exists already."),
    "receipt_": (Conflict, "receipt_exists", "This receipt is recorded already."),
    "git_pack_": (Conflict, "pack_exists", "This pack is stored already."),
    "verdict_": (Conflict, "receipt_not_pending", "The receipt has been settled meanwhile."),
    "entry_seal_": (Conflict, "seal_exists", "Another node has made this seal."),
    "entry_": (Conflict, "deployment_moved_on", "The deployment has changed meanwhile; load it and decide again."),
    "incident_entry_number": (
        Conflict,
        "incident_number_taken",
        "Another incident has this number meanwhile; decide again.",
    ),
    "incident_entry_": (Conflict, "incident_moved_on", "The incident has changed meanwhile; load it and decide again."),
    "incident_alias_": (Conflict, "alias_taken", "Another incident has taken this identity meanwhile; decide again."),
    "deployment_alias_": (Conflict, "alias_taken", "Another deployment has taken this identity meanwhile; decide again."),
}
"""What is taken, by the start of the constraint's name."""


UNSTORABLE = "The database cannot hold a value that was sent."

_CONSTRAINT = re.compile(r'constraint "([^"]+)"')


def translate(error: Exception) -> Exception:
    """The domain error for a violated constraint or an outage; any other error as it is, for it is a fault of ours."""
    if isinstance(error, asyncpg.UniqueViolationError) or _says(error, "violates unique constraint"):
        for start, (kind, code, message) in _VIOLATIONS.items():
            if _constraint_of(error).startswith(start):
                return kind(code, message)
    if isinstance(error, asyncpg.ForeignKeyViolationError) or _says(error, "violates foreign key constraint"):
        return NotFound("parent_not_found", "The organization, service or receipt that this belongs to does not exist.")
    if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
        return _unavailable(Unavailable, "the schema has changed meanwhile; try again")
    if _is_connection_loss(error) or _says(error, "connection marked as essential"):  # Citus lost a worker
        return _unavailable(InDoubt, _OUTAGES.get(_state_of(error)) or _lost(error))
    if (reason := (_OUTAGES | _DAMAGES).get(_state_of(error))) is not None:
        return _unavailable(DamagedStore if _state_of(error) in _DAMAGES else Unavailable, reason)
    return Unstorable("unstorable", UNSTORABLE) if _is_about_a_value(error) else error


def translate_uncommitted(error: Exception) -> Exception:
    """The same for an error before a commit was asked for: certainly nothing has changed."""
    translated = translate(error)
    return Unavailable(translated.code, translated.message) if isinstance(translated, InDoubt) else translated


def translate_connecting(error: Exception) -> Exception:
    """The same for an error before anything was sent."""
    if isinstance(error, TimeoutError):
        return _unavailable(Unavailable, "the database gives no connection in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _unavailable(Unavailable, f"the certificate of the database is not trusted ({error.verify_message})")
    if isinstance(error, ssl.SSLError):
        return _unavailable(Unavailable, f"no encrypted connection to the database can be made ({error.reason or error})")
    if isinstance(error, asyncpg.ClientConfigurationError):
        return Invalid("database_url", f"The address of the database does not fit: {error}.")
    if isinstance(error, ValueError):
        # What is said of an address that cannot be read may repeat parts of it, a password among them.
        return Invalid("database_url", "The address of the database does not fit: postgresql://user:password@host:5432/database.")
    return translate_uncommitted(error)


def refuses_settings(error: Exception) -> bool:
    """Whether this is how PgBouncer turns down what only a direct connection can have."""
    return isinstance(error, asyncpg.PostgresError) and "unsupported startup parameter" in str(error)


def _is_about_a_value(error: Exception) -> bool:
    return isinstance(error, asyncpg.DataError) or _state_of(error).startswith(_UNFIT)


def _is_connection_loss(error: Exception) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        return _state_of(error).startswith(_LOST)
    if isinstance(error, asyncpg.DataError):  # a value that does not fit its type, which asyncpg calls an interface error
        return False
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | asyncpg.InternalClientError)


def _says(error: Exception, words: str) -> bool:
    """Whether Citus hands on in words what a worker refused, with a state of its own."""
    return isinstance(error, asyncpg.InternalServerError) and words in str(error)


def _constraint_of(error: Exception) -> str:
    """The name of a constraint; Citus names that of the shard, with its number at the end, in words alone."""
    named = getattr(error, "constraint_name", None)
    return named or (found[1] if (found := _CONSTRAINT.search(str(error))) else "")


def _state_of(error: Exception) -> str:
    return getattr(error, "sqlstate", None) or ""


def _unavailable(kind: type[Unavailable], reason: str) -> Unavailable:
    return kind("database_unavailable", f"The ledger cannot be used now: {reason}.")


def _lost(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the database does not answer"
    return f"the connection to the database failed ({str(error).rstrip('.') or type(error).__name__})"
