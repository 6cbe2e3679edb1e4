"""Where the repositories of uploaded packs are."""

from __future__ import annotations

from pathlib import Path

from shipledger.settings import Settings
from shipledger.store.local_files import file_beside

SUFFIX = ".git-packs"


def git_folder(settings: Settings) -> Path:
    """The folder of the settings, else one beside the database. Raises Invalid."""
    if settings.git_folder:
        return Path(settings.git_folder).expanduser().absolute()
    return file_beside(settings.database_url, SUFFIX)
