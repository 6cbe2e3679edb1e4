"""Print the command for the next page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import typer

from shipledger.cli.moments import Moment, Period
from shipledger.cli.output import print_note
from shipledger.invocation import find_program
from shipledger.shell_words import quoted


def print_next(ctx: typer.Context, *, period: Period | None = None, **changes: str) -> None:
    """Print the command of ``ctx`` with changed options that continue its list.

    Ages are written as absolute times, because the next page is requested later.
    """
    print_note(f"More: {next_command(ctx, period=period, **changes)}")


def next_command(ctx: typer.Context, *, period: Period | None = None, **changes: str) -> str:
    """The command, quoted for a shell."""
    bounds = {} if period is None else {"since": period.since, "until": period.until}
    words = [*ctx.command_path.split()[1:]]
    for parameter in ctx.command.params:
        name, option = str(parameter.name), max(parameter.opts, key=len)
        value = changes.get(name, ctx.params.get(name))
        if name not in changes and value == parameter.get_default(ctx):
            continue
        words += _write(option, bounds.get(name) if isinstance(value, Moment) else value)
    return " ".join(map(quoted, [find_program(), *words]))


def _write(option: str, value: Any) -> Sequence[str]:
    if value is None or value is False or value == "":
        return ()
    if value is True:
        return (option,)
    if isinstance(value, list | tuple):
        return [word for one in value for word in _write(option, one)]
    if isinstance(value, datetime):
        return (option, value.isoformat().replace("+00:00", "Z"))
    return (option, str(value.value if isinstance(value, Enum) else value))
