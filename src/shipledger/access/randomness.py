"""Random bytes for ids, drawn in bulk: a system call per id costs more than the id."""

from __future__ import annotations

import secrets

_BLOCK_BYTES = 4096


class Randomness:
    """Hands out each drawn byte once. It belongs to one thread, that of the event loop, and to one process.

    Not for secrets: drawn bytes stay in memory until used.
    """

    def __init__(self) -> None:
        self._block = b""
        self._used = 0

    def take(self, count: int) -> bytes:
        """``count`` fresh bytes; at most 4096."""
        if self._used + count > len(self._block):
            self._block = secrets.token_bytes(_BLOCK_BYTES)
            self._used = 0
        first = self._used
        self._used += count
        return self._block[first : self._used]
