"""Tables for people. Words are never broken, so that ids, URLs and names can be copied."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import typer

from shipledger.cli.output import print_facts, print_note
from shipledger.observability.terminal import on_one_line

_GAP = 2
_LINES_OF_A_ROW = 3
"""Rows with more lines are printed as blocks."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under their columns, or say ``empty`` on standard error.

    Cells too wide for the terminal wrap between words. If that is not enough, each row becomes a block of lines. Without
    a terminal, each row is one line.
    """
    if not rows:
        print_note(empty)
        return
    from rich.cells import cell_len

    cells = [[on_one_line(cell) for cell in row] for row in rows]
    by_column = [*zip(columns, *cells, strict=True)]
    widths = [max(map(cell_len, column)) for column in by_column]
    room = _find_width()
    if room is not None:
        narrowest = [max(cell_len(word) for cell in column for word in (cell.split() or ("",))) for column in by_column]
        widths = _share(room - _GAP * (len(columns) - 1), narrowest, widths)
    folded = [[_fold(cell, width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    if sum(widths) + _GAP * (len(columns) - 1) > (room or sys.maxsize) or max(map(_count_lines, folded)) > _LINES_OF_A_ROW:
        _print_blocks(columns, cells)
        return
    typer.secho(_join(columns, widths), bold=True)
    for row in folded:
        for line in range(_count_lines(row)):
            typer.echo(_join([cell[line] if line < len(cell) else "" for cell in row], widths))


def _find_width() -> int | None:
    """The terminal's width; without a terminal, that of COLUMNS, else None."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _share(room: int, narrowest: Sequence[int], widest: Sequence[int]) -> list[int]:
    """Column widths: at least the longest word; remaining room goes to the columns that need least first."""
    widths, rest = [*narrowest], max(0, room - sum(narrowest))
    for place in sorted(range(len(widths)), key=lambda place: widest[place] - narrowest[place]):
        more = min(rest, widest[place] - narrowest[place])
        widths[place] += more
        rest -= more
    return widths


def _fold(cell: str, width: int) -> list[str]:
    """The lines of a cell, wrapped between words only."""
    from rich.cells import cell_len

    if cell_len(cell) <= width:
        return [cell]
    lines: list[str] = []
    for word in cell.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _count_lines(row: Sequence[Sequence[str]]) -> int:
    return max(map(len, row))


def _join(cells: Sequence[str], widths: Sequence[int]) -> str:
    from rich.cells import cell_len

    return "".join(cell + " " * (width - cell_len(cell) + _GAP) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _print_blocks(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(cells):
        if number:
            typer.echo()
        print_facts([(column, cell) for column, cell in zip(columns, row, strict=True) if cell])
