"""Where the repositories of uploaded packs are."""

from __future__ import annotations

from pathlib import Path

from shipledger.settings import Settings
from shipledger.store.database_url import parse_sqlite_path

SUFFIX = ".git-packs"


def git_folder(settings: Settings) -> Path:
    """The folder of the settings, else one beside the database. Raises Invalid."""
    if settings.git_folder:
        return Path(settings.git_folder).expanduser().absolute()
    path = parse_sqlite_path(settings.database_url)
    return path.with_name(path.name + SUFFIX)
