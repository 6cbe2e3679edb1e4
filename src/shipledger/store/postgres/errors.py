"""What PostgreSQL's errors mean, in the ledger's words."""

from __future__ import annotations

import re
import ssl

import asyncpg

from shipledger.errors import Conflict, DamagedStore, InDoubt, Invalid, NotFound, ShipledgerError, Unavailable, Unstorable
from shipledger.reasons import reason_of

_OUTAGES: dict[str, str] = {
    "53100": "the database disk is full; free some space",
    "53200": "the database is out of memory",
    "53300": "the database has no free connections; lower database_pool_size or raise max_connections",
    "53400": "the database reached a limit",
    "25P03": "this node was too slow, so the database ended its transaction",
    "57014": "a statement took longer than database_statement_timeout_seconds",
    "57P01": "the database is shutting down",
    "57P02": "the database crashed",
    "57P03": "the database is starting up",
    "55P03": "another program holds a lock on the tables; wait for it to finish, or stop it",
    "40001": "other writers were faster; retry",
    "40P01": "other writers were faster; retry",
    "25006": "the database is read-only; it may be a standby, so check the address",
    "26000": "a pooler gives each transaction another connection; set database_pgbouncer",
    "42P05": "a pooler gives each transaction another connection; set database_pgbouncer",
    "28000": "the database rejects this user; check user, password and pg_hba.conf",
    "28P01": "the database rejects the password; check the database URL",
    "3D000": "the database does not exist; create it, see docs/how-to/postgresql.md",
    "42501": "the user lacks a privilege; it must own its database, see docs/how-to/postgresql.md",
    "42P01": "a table of the ledger is missing: the database was emptied or replaced; restore the ledger",
    "58030": "the database disk has read or write errors; check the disk",
}

_DAMAGES: dict[str, str] = {
    "XX001": "the database is damaged; restore a backup, see docs/how-to/back-up.md",
    "XX002": "an index of the database is damaged; run REINDEX",
    "58P01": "a database file is missing; restore a backup, see docs/how-to/back-up.md",
}
"""What no later try mends."""

_LOST = ("08", "57P")
"""The classes of errors after which nobody knows whether a commit took place: the connection is gone."""

_UNFIT = ("22", "54", "23502", "23514")
"""What a value fails by: its form, a limit such as that of an index, and what a column may hold."""

_VIOLATIONS: dict[str, tuple[type[ShipledgerError], str, str]] = {
    "organization_slug_key": (Conflict, "organization_slug_taken", "An organization with this slug exists; choose another slug."),
    "organization_pkey": (Conflict, "organization_exists", "This organization already exists."),
    "person_": (Conflict, "person_exists", "Somebody with this address has an account."),
    "credential_": (Conflict, "credential_exists", "A credential with this secret already exists."),
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
    "service_pkey": (Conflict, "service_exists", "This service already exists."),
    "receipt_": (Conflict, "receipt_exists", "This receipt is already recorded."),
    "git_pack_": (Conflict, "pack_exists", "This pack is already stored."),
    "verdict_": (Conflict, "receipt_not_pending", "The receipt was settled in the meantime."),
    "entry_seal_": (Conflict, "seal_exists", "Another node created this seal."),
    "entry_": (Conflict, "deployment_moved_on", "The deployment changed in the meantime; load it and decide again."),
    "incident_entry_number": (
        Conflict,
        "incident_number_taken",
        "Another incident took this number in the meantime; decide again.",
    ),
    "incident_entry_": (Conflict, "incident_moved_on", "The incident changed in the meantime; load it and decide again."),
    "incident_alias_": (Conflict, "alias_taken", "Another incident took this identity in the meantime; decide again."),
    "deployment_alias_": (Conflict, "alias_taken", "Another deployment took this identity in the meantime; decide again."),
}
"""What is taken, by the start of the constraint's name."""

_OF_A_RECORD = re.compile(r"\w+_(entry|alias)_")
"""Entries and names of any aggregate."""
MOVED_ON = "A record, or a name of one, changed in the meantime; load it and decide again."


_PARAMETERS = (
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslcrl",
    "target_session_attrs",
    "passfile",
    "service",
    "tls version",
    "port",
    "host",
)
"""Of an address, as asyncpg names them."""

UNSTORABLE = "The database cannot store a value in this request."

_CONSTRAINT = re.compile(r'constraint "([^"]+)"')


def translate(error: Exception) -> Exception:
    """The domain error for a violated constraint or an outage; any other error as it is, for it is a fault of ours."""
    is_taken = isinstance(error, asyncpg.UniqueViolationError) or _says(error, "violates unique constraint")
    if is_taken and (violation := _name_violation(_constraint_of(error))) is not None:
        return violation
    if isinstance(error, asyncpg.ForeignKeyViolationError) or _says(error, "violates foreign key constraint"):
        return NotFound("parent_not_found", "The organization, service or receipt that this belongs to does not exist.")
    if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
        return _unavailable(Unavailable, "the schema changed in the meantime; retry")
    if _is_connection_loss(error) or _says(error, "connection marked as essential"):  # Citus lost a worker
        return _unavailable(InDoubt, _OUTAGES.get(_state_of(error)) or _lost(error))
    if (reason := (_OUTAGES | _DAMAGES).get(_state_of(error))) is not None:
        return _unavailable(DamagedStore if _state_of(error) in _DAMAGES else Unavailable, reason)
    return Unstorable("unstorable", UNSTORABLE) if _is_about_a_value(error) else error


def _name_violation(constraint: str) -> Exception | None:
    """What is taken, or None where no program of ours may cause that."""
    for start, (kind, code, message) in _VIOLATIONS.items():
        if constraint.startswith(start):
            return kind(code, message)
    return Conflict("record_moved_on", MOVED_ON) if _OF_A_RECORD.match(constraint) else None


def translate_uncommitted(error: Exception) -> Exception:
    """The same for an error before a commit was asked for: certainly nothing has changed."""
    translated = translate(error)
    return Unavailable(translated.code, translated.message) if isinstance(translated, InDoubt) else translated


def translate_connecting(error: Exception) -> Exception:
    """The same for an error before anything was sent."""
    if isinstance(error, TimeoutError):
        return _unavailable(Unavailable, "no database connection became free in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _unavailable(Unavailable, f"the certificate of the database is not trusted ({error.verify_message})")
    if isinstance(error, ssl.SSLError):
        return _unavailable(
            Unavailable, f"an encrypted connection to the database cannot be made ({error.reason or 'unknown reason'})"
        )
    if isinstance(error, asyncpg.ClientConfigurationError):
        named = next((name for name in _PARAMETERS if name in str(error).lower()), "")
        return Invalid("database_url", f"The database URL is invalid: look at {named or 'its parameters'}.")
    if isinstance(error, ValueError):
        # What is said of an address that cannot be read may repeat parts of it, a password among them.
        return Invalid(
            "database_url", "The database URL is invalid; write it like postgresql://user:password@host:5432/database."
        )
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
    return kind("database_unavailable", f"The ledger is unavailable: {reason}.")


def _lost(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the database does not answer"
    if "SSL upgrade" in str(error):
        return "the database refuses encrypted connections; look at sslmode in its address"
    return f"the connection to the database failed ({reason_of(error) if isinstance(error, OSError) else 'it was closed'})"
