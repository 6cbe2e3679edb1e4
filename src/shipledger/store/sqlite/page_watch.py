"""Whether the pages of a file are sound that a server begins to serve."""

from __future__ import annotations

import threading
from pathlib import Path

import structlog

from shipledger.errors import DamagedStore, Unavailable
from shipledger.store.sqlite.errors import RESTORE_ADVICE
from shipledger.store.sqlite.integrity import check_pages

AT_ONCE_BYTES = 32 * 1024 * 1024
"""Checking so much takes a fraction of a second, for which a server does not start yet."""

log = structlog.get_logger(__name__)


class PageWatch:
    """Looks at all pages once: of a small file before it is served, of a larger one beside that."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damage: str | None = None

    def check_small(self) -> None:
        """Raises DamagedStore for a small file with a damaged page: what is written to it might be lost."""
        if self._is_small() and (damage := self._look()):
            raise DamagedStore("database_damaged", damage)

    def start(self) -> None:
        """Look at a larger file. The thread ends with the program, however long it would still take."""
        if not self._is_small():
            threading.Thread(target=self._run, name="page-watch", daemon=True).start()

    def describe_damage(self) -> str | None:
        """What was found, or None."""
        return self._damage

    def _is_small(self) -> bool:
        return not self._path.exists() or self._path.stat().st_size <= AT_ONCE_BYTES

    def _run(self) -> None:
        try:
            self._damage = self._look()
        except Unavailable as error:
            log.warning("The pages of the database could not be checked.", reason=error.message)
        if self._damage:
            log.error("The database file is damaged.", what=self._damage)

    def _look(self) -> str | None:
        if not self._path.exists() or not self._path.stat().st_size:
            return None
        found = [one.sentence for one in check_pages(self._path) if one.is_structural]
        return f"The database file is damaged. {found[0]} {RESTORE_ADVICE}" if found else None
