"""``shipledger serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli.options import DatabaseOption, new_app
from shipledger.cli.output import print_line, print_note
from shipledger.settings import Settings, load_settings

PAGES_NOTES: dict[str, str] = {
    "loopback": "The web pages have no login yet, so only this machine may see them (setting pages).",
    "everyone": "Warning: the web pages have no login yet, and everyone who can reach this server may see them (setting pages).",
    "off": "The web pages are off (setting pages).",
}


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
            metavar="loopback|everyone|off", help="Who may see the web pages, which have no login. Default: the setting pages."
        ),
    ] = None,
) -> None:
    """Serve the ledger over HTTP, after making its database or bringing it to the newest schema. Stops on Ctrl-C or SIGTERM."""
    import uvloop

    from shipledger.cli.rebuild_marker import refuse_interrupted_rebuild
    from shipledger.observability.logs import configure_logging
    from shipledger.server import serve as serve_until_stopped

    settings = load_settings(host=host, port=port, database_url=database, pages=pages)
    refuse_interrupted_rebuild(settings.database_url)
    configure_logging(level=settings.log_level, output=settings.log_format)
    uvloop.run(serve_until_stopped(settings, announce=lambda url: _announce(url, settings)))


def _announce(url: str, settings: Settings) -> None:
    print_note(PAGES_NOTES[settings.pages])
    print_line(f"Shipledger serves {url}")
