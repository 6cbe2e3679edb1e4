"""``shipledger link``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer

from shipledger.access.people.link import first_secrets, link_path
from shipledger.access.tokens import TokenKeys
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.cli.server_address import base_of
from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.protocols.registry import load_settings
from shipledger.settings import Settings
from shipledger.store.absence import no_ledger
from shipledger.store.key_agreement import describe_fault
from shipledger.store.key_file import find_token_keys


def build() -> typer.Typer:
    """The command."""
    app = new_app("Print the link that creates the first account.")
    app.command("link")(link)
    return app


def link(
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="URL of the server as your browser reaches it. Default: the setting public_url, else host and port.",
        ),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the link that creates the first account, while there is none. Treat it like a password."""
    settings = load_settings(database_url=database)
    if settings.pages == "off":
        raise Conflict("pages_off", "The web pages of this ledger are off. Set SHIPLEDGER_PAGES=on and restart the server.")
    keys, base_url = _get_keys(settings), _read_base(url) if url else base_of(settings)
    made = link_below(base_url, with_ledger(database, lambda ledger: _check(ledger, keys)))
    if as_json:
        print_json({"link": made})
    else:
        print_line(made)


def link_below(base_url: str, keys: TokenKeys) -> str:
    """The link that creates the first account of the server at ``base_url``."""
    return base_url.rstrip("/") + link_path(first_secrets(keys)[0])


def _read_base(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise Invalid("url", f"{url!r} is not a server URL; write it like https://ledger.example.com.")
    return url


async def _check(ledger: OpenLedger, keys: TokenKeys) -> TokenKeys:
    """``keys``, which are those of the ledger. Raises Conflict: a link that opens nothing must not be printed."""
    if await ledger.store.has_persons():
        raise Conflict("accounts", "This ledger has accounts. For a lost password: shipledger user reset EMAIL")
    noted = (await ledger.store.find_installation()).key_check
    if (fault := describe_fault(noted, keys, ledger.settings)) is not None:
        raise Conflict("token_key", fault)
    return keys


def _get_keys(settings: Settings) -> TokenKeys:
    """The keys of an existing ledger. Raises NotFound, because a link that opens nothing must not be printed."""
    if not is_postgres(settings.database_url) and not (path := parse_sqlite_path(settings.database_url)).exists():
        raise no_ledger(str(path))
    keys = find_token_keys(settings)
    if keys is None:
        raise NotFound(
            "token_key",
            "This ledger has no token key here. Run the command as the server's user, with the same settings. "
            "The server creates the key on its first start.",
        )
    return keys
