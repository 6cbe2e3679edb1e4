"""Where the ledger is kept, as written in settings and on the command line."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from shipledger.errors import Invalid

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgres://")
_WANTED = "The database must be sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host/database."


def is_postgres(database_url: str) -> bool:
    """Whether a URL names a PostgreSQL database."""
    return database_url.startswith(_POSTGRESQL)


def without_password(database_url: str) -> str:
    """The host, port and database of a PostgreSQL URL, without user, password and parameters, which may be secret."""
    parts = urlsplit(database_url)
    return f"{parts.netloc.rpartition('@')[2] or 'a local socket'}{parts.path}"


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, of which ``parse_sqlite_path`` gives ``path`` again when that is absolute."""
    return f"{_SQLITE}{quote(str(path))}"


def parse_sqlite_path(database_url: str) -> Path:
    """The absolute path of ``sqlite:///relative.db`` or ``sqlite:////absolute.db``.

    ``~`` is the home directory; percent-escapes are decoded. Raises Invalid for everything else. The URL is not
    repeated in the message: it may hold a password.
    """
    rest = database_url.removeprefix(_SQLITE)
    if rest == database_url or urlsplit(database_url).query or rest.rstrip("/") == "":
        raise Invalid("database_url", _WANTED)
    if rest == ":memory:":
        raise Invalid("database_url", "An in-memory database would lose everything. Use a file: sqlite:///shipledger.db.")
    path = unquote(rest)
    if "\0" in path:
        raise Invalid("database_url", "A file name cannot contain a NUL character.")
    return Path(path).expanduser().absolute()


def parse_backup_path(database_url: str) -> Path:
    """As ``parse_sqlite_path``, for what only a file can have done to it. Raises Invalid."""
    if database_url.startswith(_POSTGRESQL):
        raise Invalid("database_url", "Back up and restore PostgreSQL with its own tools; see docs/how-to/back-up.md.")
    return parse_sqlite_path(database_url)
