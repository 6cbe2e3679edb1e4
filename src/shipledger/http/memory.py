"""Give memory back to the machine that was held for a while.

The C library keeps what is freed in places of its own, from where it serves small blocks and, by itself, large ones too as soon
as some were freed. Bodies that come at the same time then leave holes behind that nothing closes: after 100 connections had held
64 MB for a moment, the process stayed 89 MB larger than before.
"""

from __future__ import annotations

import asyncio
import ctypes
import resource
from pathlib import Path

LARGE_BLOCK_BYTES = 64 * 1024
"""A block of this size or more is taken from the machine by itself, and given back as soon as it is freed."""
LOOK_SECONDS = 10.0
WORTH_BYTES = 16 * 1024 * 1024
"""What is kept beyond the least so far, before it is looked for what nobody uses."""

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
"""Of mallopt, as malloc.h numbers them."""


def keep_large_blocks_apart() -> None:
    """Have the C library ask the machine for each large block, where it is GNU's."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, LARGE_BLOCK_BYTES)


async def give_back_memory() -> None:
    """Look from time to time whether the process has grown, and give back what the C library keeps and nobody uses."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return
    least = _resident_bytes()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if _resident_bytes() > least + WORTH_BYTES:
            await asyncio.to_thread(library.malloc_trim, 0)  # a matter of milliseconds, in which others may work
        least = min(least, _resident_bytes())


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
