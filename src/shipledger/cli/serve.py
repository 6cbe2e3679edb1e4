"""``shipledger serve``."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from shipledger.cli.completion import complete_words
from shipledger.cli.link import link_below
from shipledger.cli.options import DatabaseOption, new_app
from shipledger.cli.output import print_line, print_note
from shipledger.cli.server_address import reachable_host
from shipledger.found import noting_damage
from shipledger.protocols.registry import load_settings
from shipledger.settings import Settings
from shipledger.store.key_file import load_token_keys

FORMER_PAGES = ("loopback", "everyone")


def build() -> typer.Typer:
    """The command."""
    app = new_app("Serve the ledger over HTTP.")
    app.command("serve")(serve)
    return app


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: the setting host.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one. Default: the setting port.")] = None,
    database: DatabaseOption = None,
    pages: Annotated[
        str | None,
        typer.Option(
            metavar="on|off",
            help="Turn the web pages on or off. Default: the setting pages.",
            autocompletion=complete_words("on", "off"),
        ),
    ] = None,
    with_link: Annotated[
        bool,
        typer.Option("--link/--no-link", help="Print the link to the first account. Use --no-link if output goes to a log."),
    ] = True,
) -> None:
    """Serve the ledger over HTTP. Creates or migrates the database first. Stops on Ctrl-C or SIGTERM."""
    import uvloop

    from shipledger.observability.logs import configure_logging
    from shipledger.serving import serve as serve_until_stopped

    settings = load_settings(host=host, port=port, database_url=database, pages=pages)
    configure_logging(level=settings.log_level, output=settings.log_format)
    with noting_damage():  # who asks hears of it; the command ends as the server does
        uvloop.run(serve_until_stopped(settings, announce=partial(_announce, settings, with_link)))


def _announce(settings: Settings, with_link: bool, url: str, has_accounts: bool) -> None:
    if settings.pages == "off":
        print_note("The web pages are off (setting pages).")
    elif has_accounts:
        pass
    elif with_link:
        # Before the address: who has read that has the link too.
        print_line(f"Create the first account with this link. Treat it like a password: {_link_to(url, settings)}")
    else:
        print_note("There are no accounts yet. `shipledger link` prints the link that creates the first one.")
    if settings.pages in FORMER_PAGES:
        print_note(f"The setting pages has the old value {settings.pages!r}, which now means 'on': people sign in.")
    print_line(f"Shipledger serves {url}")


def _link_to(url: str, settings: Settings) -> str:
    base = settings.public_url
    if not base:
        scheme, _, place = url.partition("://")
        host, _, port = place.rpartition(":")
        base = f"{scheme}://{reachable_host(host.strip('[]'))}:{port}"
    return link_below(base, load_token_keys(settings))
