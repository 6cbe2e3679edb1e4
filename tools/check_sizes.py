"""Fail on a Python or SQL file of more than 400 lines: it does more than one thing, and nobody reads it to its end."""

from __future__ import annotations

import sys

from tools.tree import ROOT, list_files

LIMIT = 400
SUFFIXES = frozenset({".py", ".sql"})


def main() -> int:
    """0 when every file is short enough."""
    too_long = []
    for path in list_files():
        if path.suffix in SUFFIXES:
            lines = len(path.read_bytes().splitlines())
            if lines > LIMIT:
                too_long.append(f"{path.relative_to(ROOT)} has {lines} lines, more than {LIMIT}: split it by what it does.")
    print("\n".join(too_long) or f"No file has more than {LIMIT} lines.")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
