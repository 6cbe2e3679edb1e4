"""Processes of this machine, as /proc tells of them."""

from __future__ import annotations

from pathlib import Path


def list_children(parent: int) -> list[int]:
    """The processes that ``parent`` has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in children.split()]


def is_alive(process: int) -> bool:
    """Whether it runs, or could."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
