"""Fail when a number of a decision or a migration is taken twice, or missing, or not told where all are listed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from tools.tree import ROOT

DECISIONS = ROOT / "docs" / "adr"
MIGRATIONS = ROOT / "src" / "shipledger" / "store" / "migrations"
DIALECTS = ("sqlite", "postgres")
DIRECTIONS = ("up", "down")
_BEFORE = re.compile(r'^down_revision = (?:"(\w+)"|None)$', re.MULTILINE)


def find_faults(names: Iterable[str]) -> list[str]:
    """What is wrong with files that begin with numbers: each from 0001 on must be there once."""
    taken: dict[int, list[str]] = {}
    for name in sorted(names):
        taken.setdefault(int(name[:4]), []).append(name)
    twice = [
        f"{' and '.join(found)} have one number: give the later one the next that is free."
        for found in taken.values()
        if len(found) > 1
    ]
    return twice + [
        f"There is no {number:04}: number what follows anew." for number in range(1, max(taken)) if number not in taken
    ]


def find_forks(before: dict[str, str | None]) -> list[str]:
    """Revisions that do not follow the one before them. ``before`` has what each says that it follows."""
    revisions = sorted(before)
    return [
        f"{revision} follows {before[revision]}, not {expected}: there would be two newest ones."
        for expected, revision in zip([None, *revisions], revisions, strict=False)
        if before[revision] != expected
    ]


def _list_faults() -> list[str]:
    decisions = [path.name for path in DECISIONS.glob("[0-9]*.md")]
    listed = (DECISIONS / "README.md").read_text(encoding="utf-8")
    versions = {path.stem: path.read_text(encoding="utf-8") for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    before = {revision: found[1] if (found := _BEFORE.search(text)) else "?" for revision, text in versions.items()}
    wanted = {
        f"{dialect}/{revision}.{direction}.sql" for dialect in DIALECTS for revision in versions for direction in DIRECTIONS
    }
    there = {f"{path.parent.name}/{path.name}" for dialect in DIALECTS for path in (MIGRATIONS / dialect).glob("[0-9]*.sql")}
    return [
        *find_faults(decisions),
        *(f"docs/adr/README.md does not list {name}." for name in decisions if f"({name})" not in listed),
        *find_faults(versions),
        *find_forks(before),
        *(f"There is no {name}." for name in sorted(wanted - there)),
        *(f"{name} belongs to no revision." for name in sorted(there - wanted)),
    ]


def main() -> int:
    """0 when every number is there once."""
    faults = _list_faults()
    print("\n".join(faults) or "Every decision and every migration has a number of its own.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
