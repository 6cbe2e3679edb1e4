"""What commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.errors import DamagedRecord
from shipledger.observability.terminal import in_json, on_lines, on_one_line
from shipledger.protocols.wire_json import encode_json


class Advance(Protocol):
    """Callback for the progress of long work."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` steps are done."""


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    typer.echo(in_json(encode_json(value).decode()))


def print_line(text: str) -> None:
    """Print a result for a person, on one line."""
    typer.echo(on_one_line(text))


def print_note(text: str) -> None:
    """Print anything but a result, on one line."""
    typer.echo(on_one_line(text), err=True)


def print_damaged(damaged: DamagedRecord) -> None:
    """Print which row is unreadable."""
    print_note(damaged.message)


def refuse_damaged(damaged: Sequence[DamagedRecord]) -> None:
    """Print which rows of a list are unreadable; exit with a problem if there are any."""
    for one in damaged:
        print_damaged(one)
    if damaged:
        raise typer.Exit(ExitCode.PROBLEM)


def print_lines(text: str) -> None:
    """Print a sender's text, keeping its line breaks."""
    typer.echo(on_lines(text))


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values under each other; further lines of a value stand under its first."""
    width = max((len(name) for name, _ in facts), default=0)
    for name, text in facts:
        for label, line in zip((name, *[""] * text.count("\n")), text.split("\n"), strict=True):
            print_line(f"{label:<{width}}  {line}".rstrip())


def to_text(moment: datetime | None) -> str:
    """A time to the second, in UTC; a dash for none."""
    return "-" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%SZ")


@contextmanager
def show_progress(label: str) -> Iterator[Advance]:
    """A progress bar on standard error; nothing if that is not a terminal."""
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
