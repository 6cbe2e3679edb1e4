"""The figures as a table, at the terminal and in docs/performance.md."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.results import Result, Scale

PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- figures: made by `make bench ARGS=--write` -->", "<!-- end of figures -->"
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
    """Put the table into the page, with the day, the machine and the scale."""
    about = (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {len(_cores())} cores, Python {platform.python_version()}, "
        f"{scale.rounds} rounds of {scale.seconds:g} s."
    )
    text = PAGE.read_text(encoding="utf-8")
    figures = f"{BEGIN}\n\n{about}\n\n{to_table(results)}\n\n{END}"
    PAGE.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: figures, text, flags=re.DOTALL), encoding="utf-8")


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
