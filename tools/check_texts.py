"""Fail on a file that names a package registry's host or a path of the machine that it was written on.

Whoever builds Shipledger may use a mirror or no network at all; what is fetched from where is their machine's setting,
and a host in a lock file would override it. Paths of one machine mean nothing on another.
"""

from __future__ import annotations

import re
import sys

from tools.tree import ROOT, list_files

# Spelled in pieces, so that this file passes its own check.
_HOSTS = ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("deb.debian", "org"), ("yarnpkg", "com")
_FOLDERS = ("work", "root", "home", "Users")
PATTERNS = {
    "names a registry's host": re.compile("|".join(rf"\b{re.escape('.'.join(parts))}\b" for parts in _HOSTS)),
    "holds a path of one machine": re.compile(rf"(?<![\w.~}}/*-])/(?:{'|'.join(_FOLDERS)})/\w"),
}


def find_faults(text: str) -> list[tuple[int, str, str]]:
    """Line number, fault and line of every place that must go."""
    return [
        (number, fault, line.strip()[:120])
        for number, line in enumerate(text.splitlines(), start=1)
        for fault, pattern in PATTERNS.items()
        if pattern.search(line)
    ]


def main() -> int:
    """0 when no file has such a place."""
    found = []
    for path in list_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and the like
        found += [f"{path.relative_to(ROOT)}:{number} {fault}: {line}" for number, fault, line in find_faults(text)]
    print("\n".join(found) or "No file names a registry's host or a path of one machine.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
