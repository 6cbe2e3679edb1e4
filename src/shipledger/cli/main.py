"""The program ``shipledger``: its commands, and how it reports their errors."""

from __future__ import annotations

import importlib
import sqlite3
import sys
import warnings
from functools import cache
from typing import Annotated, Any

import typer
from msgspec import Struct
from typer.core import TyperCommand, TyperGroup

from shipledger.cli.exit_codes import ExitCode, exit_code_of
from shipledger.errors import ShipledgerError
from shipledger.found import noting_damage
from shipledger.invocation import PROGRAM
from shipledger.observability.terminal import on_one_line

_DAMAGED = "The database cannot be used as it is: {reason}. Run `shipledger doctor`."


class Entry(Struct, frozen=True):
    """A command that is imported when it is used. ``module`` has a function ``build`` that gives its Typer app."""

    name: str
    summary: str
    module: str


COMMANDS: tuple[Entry, ...] = (
    Entry("serve", "Serve the ledger over HTTP.", "shipledger.cli.serve"),
    Entry("link", "Print the link that creates the first account.", "shipledger.cli.link"),
    Entry("user", "Invite people, and say what they may do.", "shipledger.cli.user"),
    Entry("token", "Create, list and revoke personal tokens.", "shipledger.cli.token"),
    Entry("credential", "Create, list, revoke and delete credentials.", "shipledger.cli.credential"),
    Entry("connect", "Install and uninstall Connect apps.", "shipledger.cli.connect"),
    Entry("key", "Adopt another token key when the ledger's key is lost.", "shipledger.cli.key"),
    Entry("organization", "Create and list organizations.", "shipledger.cli.organization"),
    Entry("service", "Create services and map repositories to them.", "shipledger.cli.service"),
    Entry("repository", "List repositories and rename them.", "shipledger.cli.repository"),
    Entry("issues", "Control which issues and services deployments may reference.", "shipledger.cli.issues"),
    Entry("setting", "Settings of an organization, its teams, services and pipelines.", "shipledger.cli.setting"),
    Entry("inbox", "Show what is not mapped yet, and ignore what is to be left so.", "shipledger.cli.inbox"),
    Entry("environment", "Set the tiers and names of environments.", "shipledger.cli.environment"),
    Entry("gate", "Approve or reject deployments that wait at a gate.", "shipledger.cli.gate"),
    Entry("compare", "Compare two environments, or two moments of one.", "shipledger.cli.compare"),
    Entry("now", "Show what changed, what is wrong, and what needs somebody.", "shipledger.cli.now"),
    Entry("search", "Search for anything by a few words.", "shipledger.cli.search"),
    Entry("deployments", "List, show, correct and merge deployments.", "shipledger.cli.deployments"),
    Entry("incidents", "List incidents, and show one.", "shipledger.cli.incidents"),
    Entry("record", "Record a deployment from a CI job.", "shipledger.cli.record"),
    Entry("mark", "Say how a deployment went, and what caused an incident.", "shipledger.cli.mark"),
    Entry("pull-request", "List, show and record pull requests of a server.", "shipledger.cli.pull_request"),
    Entry("commits", "Send the commits of a checkout.", "shipledger.cli.commits"),
    Entry("receipts", "Show received requests, and replay quarantined ones.", "shipledger.cli.receipts"),
    Entry("outbox", "Show messages to other systems, and send them again.", "shipledger.cli.outbox"),
    Entry("packs", "List uploaded git packs, and why some were refused.", "shipledger.cli.packs"),
    Entry("verify", "Prove that the ledger shows what was recorded.", "shipledger.cli.verify"),
    Entry("rebuild", "Recompute everything shown from what was recorded.", "shipledger.cli.rebuild"),
    Entry("backup", "Back up a SQLite ledger while the server runs.", "shipledger.cli.backup"),
    Entry("restore", "Replace the ledger with a backup.", "shipledger.cli.restore"),
    Entry("export", "Export a signed archive of all entries.", "shipledger.cli.export"),
    Entry("erase", "Erase recorded data and keep the ledger verifiable.", "shipledger.cli.erase"),
    Entry("database", "Distribute a PostgreSQL ledger over a Citus cluster.", "shipledger.cli.database"),
    Entry("move", "Move the ledger from a SQLite file to PostgreSQL.", "shipledger.cli.move"),
    Entry("demo", "Serve a year of sample data from a separate database.", "shipledger.cli.demo"),
    Entry("audit", "Show who did what.", "shipledger.cli.audit"),
    Entry("status", "Show how the servers and the database are.", "shipledger.cli.status"),
    Entry("doctor", "Check the installation and suggest fixes.", "shipledger.cli.doctor"),
)


class DeferredCommand(TyperCommand):
    """A placeholder in the command list; loads the command when it is called or completed."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(name=entry.name, help=entry.summary)
        self._module = entry.module

    def load(self) -> Any:
        """The command itself."""
        return _load_command(self._module)

    def make_context(self, *args: Any, **options: Any) -> Any:
        """The context of the real command, which Typer then runs."""
        return self.load().make_context(*args, **options)


@cache
def _load_command(module: str) -> Any:
    """The command of a module. To read all signatures takes longer than to run most commands, and completion loads them twice."""
    return typer.main.get_command(importlib.import_module(module).build())


class Program(TyperGroup):
    """All commands. Expected errors become one sentence and an exit code."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in COMMANDS:
            self.add_command(DeferredCommand(entry))

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            with noting_damage() as noted:
                result = super().invoke(ctx)
        except typer.BadParameter as error:
            from shipledger.cli.plain_words import in_plain_words

            error.message = in_plain_words(error)
            raise
        except ShipledgerError as error:
            typer.echo(on_one_line(f"{PROGRAM}: {error.message}"), err=True)
            raise typer.Exit(exit_code_of(error)) from None
        except sqlite3.Error as error:  # of a kind that only a damaged file gives, such as a table that is missing
            from shipledger.reasons import reason_of

            typer.echo(on_one_line(f"{PROGRAM}: {_DAMAGED.format(reason=reason_of(error))}"), err=True)
            raise typer.Exit(ExitCode.PROBLEM) from None
        except BrokenPipeError:  # whoever read what was printed has had enough
            raise
        except OSError as error:
            from shipledger.reasons import reason_of

            place = f"{error.filename} cannot be used" if error.filename else "It failed"
            typer.echo(on_one_line(f"{PROGRAM}: {place}: {reason_of(error)}."), err=True)
            raise typer.Exit(ExitCode.PROBLEM) from None
        if noted:
            from shipledger.cli.output import refuse_damaged

            refuse_damaged(list(noted.values()))
        return result


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
    if not sys.warnoptions:  # libraries warn developers, in their own words
        warnings.simplefilter("ignore")
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
