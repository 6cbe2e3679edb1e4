"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.cli.completion import complete_organizations

DatabaseOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Database URL, such as sqlite:////absolute.db. Default: the setting database_url.",
    ),
]

OrganizationOption: TypeAlias = Annotated[
    str,
    typer.Option("--organization", metavar="SLUG", help="The organization to use.", autocompletion=complete_organizations),
]

UrlOption: TypeAlias = Annotated[
    str, typer.Option("--url", envvar="SHIPLEDGER_URL", metavar="URL", help="URL of the server.", show_default=False)
]

JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print a single JSON object.")]

DEFAULT_ORGANIZATION = DEFAULT_SLUG
DEFAULT_URL = "http://127.0.0.1:8080"


def new_app(summary: str) -> typer.Typer:
    """A Typer app for one command or a group."""
    return typer.Typer(
        help=summary,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
