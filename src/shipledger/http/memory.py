"""Return freed memory to the operating system.

The C library keeps freed memory in arenas, from which it serves small blocks and, by default, large ones too as soon
as some were freed. Concurrent bodies then leave fragmentation behind: after 100 connections had held
64 MB for a moment, the process stayed 89 MB larger.
"""

from __future__ import annotations

import asyncio
import ctypes
import resource
from pathlib import Path

LARGE_BLOCK_BYTES = 64 * 1024
"""Blocks of at least this size are mapped separately and returned as soon as they are freed."""
LOOK_SECONDS = 10.0
WORTH_BYTES = 16 * 1024 * 1024
"""Growth over the minimum before unused memory is trimmed."""

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
"""Of mallopt, as malloc.h numbers them."""


def keep_large_blocks_apart() -> None:
    """Make glibc map each large block separately."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, LARGE_BLOCK_BYTES)


async def give_back_memory() -> None:
    """Check periodically whether the process has grown, and return the C library's unused memory."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return
    least = _resident_bytes()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if _resident_bytes() > least + WORTH_BYTES:
            await asyncio.to_thread(library.malloc_trim, 0)  # takes milliseconds, without blocking others
        least = min(least, _resident_bytes())


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
