"""What commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import typer

from shipledger.protocols.wire_json import encode_json
from shipledger.texts import storable

PLAIN_WIDTH = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Advance(Protocol):
    """Told how much of a long work is done."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` steps are done."""


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    typer.echo(encode_json(value).decode())


def print_line(text: str) -> None:
    """Print a result for a person."""
    typer.echo(printable(text))


def print_note(text: str) -> None:
    """Print what is not the result."""
    typer.echo(printable(text), err=True)


def printable(text: str) -> str:
    """The text with control characters escaped: what a client sent must not steer the terminal of its reader.

    Bytes of an argument that are no UTF-8 come back as U+FFFD.
    """
    return storable(_CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under their columns, or say ``empty`` on standard error. Long values are folded, never cut."""
    if not rows:
        print_note(empty)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    is_terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if is_terminal else PLAIN_WIDTH, highlight=False, markup=False)
    console.print(table)


def to_text(moment: datetime | None) -> str:
    """A time to the second, in UTC; a dash for none."""
    return "-" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%SZ")


@contextmanager
def show_progress(label: str) -> Iterator[Advance]:
    """A progress bar on standard error, and nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        bar = progress.add_task(label, total=None)

        def advance(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        yield advance
