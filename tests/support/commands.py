"""The command line, run inside the test's process."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
import typer
from typer.testing import CliRunner

from shipledger.cli.ci_systems import CI_SYSTEMS
from shipledger.cli.main import build
from shipledger.settings import PREFIX

CI_VARIABLES = (*(system.variable for system in CI_SYSTEMS), "SHIPLEDGER_URL", "SHIPLEDGER_TOKEN", "SHIPLEDGER_API_KEY")
"""What a machine that tests run on may say about itself."""


@contextmanager
def _logging_restored() -> Iterator[None]:
    """`serve` sets up the logs of its process, which here goes on when the streams of the command are closed."""
    loggers = [logging.getLogger(name) for name in (None, "uvicorn", "uvicorn.error", "uvicorn.access", "python_multipart")]
    before = [(one, list(one.handlers), one.level, one.propagate) for one in loggers]
    configuration = structlog.get_config()
    try:
        yield
    finally:
        structlog.configure(**configuration)
        for one, handlers, level, propagate in before:
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)


def list_commands() -> dict[str, Any]:
    """Every command that does something by its full name, and the program itself."""
    program: Any = typer.main.get_command(build())
    found = {"shipledger": program}
    for name, deferred in program.commands.items():
        found |= walk_commands(f"shipledger {name}", deferred.load())
    return found


def walk_commands(name: str, command: Any) -> dict[str, Any]:
    """The commands of a group, and of the groups in it, or the command itself."""
    children = getattr(command, "commands", None)
    if children is None:
        return {name: command}
    walked = (walk_commands(f"{name} {child}", one) for child, one in children.items())
    return {full: one for found in walked for full, one in found.items()}


class Done:
    """A command that has ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def json(self) -> Any:
        """The one object that it printed."""
        assert self.out.count("\n") == 1, f"more than one line on standard output: {self.out}"
        return json.loads(self.out)


class Commands:
    """Runs commands over a SQLite file, or the database at a URL, without the variables of the machine that tests run on."""

    def __init__(self, database: Path | str, **settings: str) -> None:
        self.url = database if isinstance(database, str) else f"sqlite:///{database}"
        self._settings = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}

    def __call__(
        self, *arguments: str, environment: Mapping[str, str] | None = None, code: int | None = 0, answer: str = ""
    ) -> Done:
        """What the command printed; it must end with ``code``, unless that is None. ``answer`` is what a person types."""
        variables: dict[str, str | None] = dict.fromkeys(CI_VARIABLES)
        variables |= {f"{PREFIX}DATABASE_URL": self.url, **self._settings, **(environment or {})}
        with _logging_restored():
            result = CliRunner().invoke(build(), list(arguments), env=variables, input=answer)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code in (None, result.exit_code), f"{arguments} ended with {result.exit_code}:\n{result.stdout}\n{result.stderr}"
        return Done(result.exit_code, result.stdout, result.stderr)
