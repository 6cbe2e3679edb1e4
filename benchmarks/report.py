"""The figures as a table, at the terminal and in docs/performance.md."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.results import Result, Scale

PAGE = Path("docs/performance.md")
SECTIONS = {
    "figures": "abcdefghij",
    "figures on PostgreSQL": "klmno",
    "figures of signing in": "pqr",
    "figures of looking": "stuvwxyz",
}
"""Which letters stand in which table of the page."""
HEAD = ("", "measure", "floor", "Shipledger", "figure", "target", "met")
VERDICTS = {True: "yes", False: "**no**", None: ""}


def to_table(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    rows = [HEAD, *(_cells(result) for result in sorted(results, key=lambda result: result.letter))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write(results: Sequence[Result], scale: Scale) -> None:
    """Put each table of which something was measured into the page, with the day, the machine and the scale."""
    about = (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {len(_cores())} cores, Python {platform.python_version()}, "
        f"{scale.rounds} rounds of {scale.seconds:g} s."
    )
    text = PAGE.read_text(encoding="utf-8")
    for name, letters in SECTIONS.items():
        if measured := [result for result in results if result.letter in letters]:
            begin, end = f"<!-- {name}: made by `make bench ARGS=--write` -->", f"<!-- end of {name} -->"
            section = f"{begin}\n\n{about}\n\n{to_table(measured)}\n\n{end}"
            text = re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _, made=section: made, text, flags=re.DOTALL)
    PAGE.write_text(text, encoding="utf-8")


def _cells(result: Result) -> tuple[str, ...]:
    verdict = VERDICTS[result.is_met]
    return (result.letter, result.what, result.floor, result.ours, result.figure, result.target, verdict)


def _cores() -> list[str]:
    return re.findall(r"^model name\s*:\s*(.+)$", _cpu_facts(), re.MULTILINE) or [platform.processor() or platform.machine()]


def _processor() -> str:
    return _cores()[0]


def _cpu_facts() -> str:
    facts = Path("/proc/cpuinfo")
    return facts.read_text() if facts.exists() else ""
