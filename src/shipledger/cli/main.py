"""The program ``shipledger``: which commands there are, and how a failure of one is told."""

from __future__ import annotations

import importlib
import sqlite3
from typing import Annotated, Any

import typer
from msgspec import Struct
from typer.core import TyperCommand, TyperGroup

from shipledger.cli.exit_codes import ExitCode, exit_code_of
from shipledger.errors import ShipledgerError
from shipledger.observability.terminal import on_one_line

PROGRAM = "shipledger"
_DAMAGED = "The database answers {reason}. It may be damaged: `shipledger doctor` says more."


class Entry(Struct, frozen=True):
    """A command that is imported when it is used. ``module`` has a function ``build`` that gives its Typer app."""

    name: str
    summary: str
    module: str


COMMANDS: tuple[Entry, ...] = (
    Entry("serve", "Serve the ledger over HTTP.", "shipledger.cli.serve"),
    Entry("link", "Print the link that opens the web pages.", "shipledger.cli.link"),
    Entry("credential", "Create, list, revoke and delete credentials.", "shipledger.cli.credential"),
    Entry("connect", "Install apps by their descriptor, and uninstall them.", "shipledger.cli.connect"),
    Entry("key", "Go on with another token key when that of the ledger is lost.", "shipledger.cli.key"),
    Entry("organization", "Create and list organizations.", "shipledger.cli.organization"),
    Entry("service", "Create services and say which repositories belong to them.", "shipledger.cli.service"),
    Entry("issues", "Say which issues and services deployments may name.", "shipledger.cli.issues"),
    Entry("environment", "Say which tier an environment has.", "shipledger.cli.environment"),
    Entry("gate", "Say whether deployments that ask may go on.", "shipledger.cli.gate"),
    Entry("record", "Record a deployment from a CI job.", "shipledger.cli.record"),
    Entry("receipts", "Look at what arrived, and replay what could not be settled.", "shipledger.cli.receipts"),
    Entry("packs", "List uploaded git packs, and why some were refused.", "shipledger.cli.packs"),
    Entry("verify", "Prove that what is shown is what was recorded.", "shipledger.cli.verify"),
    Entry("rebuild", "Compute everything that is shown anew from what was recorded.", "shipledger.cli.rebuild"),
    Entry("backup", "Copy the ledger into a file while the server runs.", "shipledger.cli.backup"),
    Entry("restore", "Put a backup in the place of the ledger.", "shipledger.cli.restore"),
    Entry("export", "Write a signed archive of what was recorded.", "shipledger.cli.export"),
    Entry("erase", "Erase what was sent, and keep the ledger provable.", "shipledger.cli.erase"),
    Entry("database", "Spread a PostgreSQL database over a Citus cluster.", "shipledger.cli.database"),
    Entry("move", "Move the ledger from a SQLite file to PostgreSQL.", "shipledger.cli.move"),
    Entry("demo", "Serve a year of sample data from a database of its own.", "shipledger.cli.demo"),
    Entry("doctor", "Check the installation and say what to do.", "shipledger.cli.doctor"),
)


class DeferredCommand(TyperCommand):
    """Stands for a command in the list of commands, and becomes it when it is called or completed."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(name=entry.name, help=entry.summary)
        self._module = entry.module

    def load(self) -> Any:
        """The command itself."""
        return typer.main.get_command(importlib.import_module(self._module).build())

    def make_context(self, *args: Any, **options: Any) -> Any:
        """The context of the command itself, so that Typer goes on with that."""
        return self.load().make_context(*args, **options)


class Program(TyperGroup):
    """All commands. Errors that a person can be told about become one sentence and an exit code."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in COMMANDS:
            self.add_command(DeferredCommand(entry))

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from shipledger.cli.plain_words import in_plain_words

            error.message = in_plain_words(error.message)
            raise
        except ShipledgerError as error:
            typer.echo(on_one_line(f"{PROGRAM}: {error.message}"), err=True)
            raise typer.Exit(exit_code_of(error)) from None
        except sqlite3.Error as error:  # of a kind that only a damaged file gives, such as a table that is missing
            typer.echo(on_one_line(f"{PROGRAM}: {_DAMAGED.format(reason=error)}"), err=True)
            raise typer.Exit(ExitCode.PROBLEM) from None


def build() -> typer.Typer:
    """The program as a Typer app."""
    app = typer.Typer(
        name=PROGRAM,
        cls=Program,
        help="A self-hosted deployment ledger that speaks the deployment APIs your CI already uses.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_program)
    return app


def run() -> None:
    """Entry point of the installed program."""
    typer.main.get_command(build())(prog_name=PROGRAM)


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            is_eager=True,
            callback=lambda value: _print_version(is_asked=value),
        ),
    ] = False,
) -> None:
    """Options of the program itself."""
