"""Files of this machine that belong to a ledger."""

from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs

from shipledger.database_url import is_postgres, parse_sqlite_path, without_password


def file_beside(database_url: str, suffix: str) -> Path:
    """The path of a SQLite file with ``suffix``; for a PostgreSQL database, a path in the user's data directory.

    Raises Invalid for a URL that names no store.
    """
    if is_postgres(database_url):
        place = hashlib.sha256(without_password(database_url).encode()).hexdigest()[:16]
        return Path(platformdirs.user_data_dir("shipledger")) / f"postgresql-{place}{suffix}"
    path = parse_sqlite_path(database_url)
    return path.with_name(path.name + suffix)
