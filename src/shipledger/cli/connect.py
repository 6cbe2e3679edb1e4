"""``shipledger connect``: install, change and uninstall Connect apps, which sign their requests."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.access.credential import Credential
from shipledger.access.signing_app import OVERLAP, SigningApp
from shipledger.cli.completion import complete_apps
from shipledger.cli.connecting import find_app, installing, list_apps, read_source, take_leave
from shipledger.cli.credential_deletion import delete_command
from shipledger.cli.erasing import DryRunOption, Wish, YesOption, count_and_erase
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.erasure.eraser import Eraser
from shipledger.protocols.app_installing import Installed
from shipledger.protocols.registry import get_app_installing
from shipledger.shell_words import command
from shipledger.store.erasure.contract import Selection

AppArgument = Annotated[
    str, typer.Argument(metavar="APP", help="The app's id or key, from `connect list`.", autocompletion=complete_apps)
]


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Install Connect apps from their descriptor; enable, disable or uninstall them.")
    app.command("install")(install)
    app.command("list")(list_all)
    app.command("rotate")(rotate)
    app.command("enable")(enable)
    app.command("disable")(disable)
    app.command("uninstall")(uninstall)
    return app


def install(
    descriptor: Annotated[str, typer.Argument(metavar="DESCRIPTOR", help="URL or file of the app's descriptor.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Install an app, or update an installed one to its latest descriptor. The app receives its secret."""

    async def work(ledger: OpenLedger) -> Installed:
        owner = await ledger.get_organization(organization)
        async with installing(ledger) as installer:
            return await installer.install(owner.organization_id, await read_source(installer, descriptor))

    _print_installed(with_ledger(database, work, creates=True), as_json=as_json)


def rotate(
    name: AppArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an app a new secret. The previous one keeps working for five minutes."""

    async def work(ledger: OpenLedger) -> Installed:
        credential, app = await find_app(ledger, organization, name)
        async with installing(ledger) as installer:
            return await installer.rotate(credential, app)

    _print_installed(with_ledger(database, work), as_json=as_json)


def enable(
    name: AppArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enable an app again."""
    _set_enabled(name, organization, database, is_enabled=True, as_json=as_json)


def disable(
    name: AppArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Disable an app: its requests are refused, its data stays."""
    _set_enabled(name, organization, database, is_enabled=False, as_json=as_json)


def uninstall(
    name: AppArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Uninstall an app and erase everything it sent. Shows how much that is and asks first.

    The app's requests are refused at once; then the app is notified; then its data is erased.
    """
    wish = Wish(yes=yes, dry_run=dry_run, as_json=as_json)

    async def work(ledger: OpenLedger) -> None:
        credential, app = await find_app(ledger, organization, name)
        owner = await ledger.get_organization(organization)
        await count_and_erase(
            ledger,
            Eraser(ledger.store, ledger.clock),
            Selection(organization_id=app.organization_id, credential_id=app.credential_id),
            lambda advance: take_leave(ledger, app, advance),
            name=f"the app {credential.name!r} ({app.app_key}) and everything it sent",
            again=delete_command(owner.slug, app.credential_id),  # it is uninstalled for its senders already
            wish=wish,
        )

    with_ledger(database, work)


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the installed apps of an organization, newest first, without their secrets."""

    async def work(ledger: OpenLedger) -> list[tuple[Credential, SigningApp]]:
        owner = await ledger.get_organization(organization)
        return await list_apps(ledger, owner.organization_id)

    found = with_ledger(database, work)
    if as_json:
        print_json({"apps": [_to_json(credential, app) for credential, app in found]})
        return
    print_table(
        ("ID", "KEY", "NAME", "STATE", "SCOPES", "DEPLOYMENTS", "BASE URL", "INSTALLED"),
        [_to_row(credential, app) for credential, app in found],
        empty=f"No apps yet. Install one: {command('connect install', get_app_installing().example)}",
    )


def _set_enabled(name: str, organization: str, database: str | None, *, is_enabled: bool, as_json: bool) -> None:
    async def work(ledger: OpenLedger) -> SigningApp:
        credential, app = await find_app(ledger, organization, name)
        async with installing(ledger) as installer:
            return await installer.set_enabled(credential, app, is_enabled=is_enabled)

    app = with_ledger(database, work)
    if as_json:
        print_json({"id": app.credential_id, "app_key": app.app_key, "is_enabled": app.is_enabled})
        return
    print_line(f"{app.app_key} is {'enabled' if app.is_enabled else 'disabled'}.")


def _print_installed(installed: Installed, *, as_json: bool) -> None:
    credential, app = installed.credential, installed.app
    shown = {"id": app.credential_id, "app_key": app.app_key, "client_key": app.organization_id}
    if not installed.was_told:
        shown["shared_secret"] = installed.secret
    if as_json:
        print_json({**shown, "is_new": installed.is_new})
        return
    for label, value in shown.items():
        print_line(f"{label:<13} {value}")
    if not installed.was_told:
        print_note(
            "The app has no installation callback. Enter the client key and the secret in the app; the secret is not shown again."
        )
    if not installed.is_new:
        print_note(f"The previous secret keeps working for {OVERLAP.seconds // 60} minutes.")
    if not app.has_deployment_module:
        print_note("The descriptor has no deployment module, so the app's calls get a 403.")
    if not credential.scopes:
        print_note("The descriptor requests none of READ, WRITE and DELETE, so the app's calls get a 403.")
    if app.links is not None and app.links.base_url.startswith("http://"):
        print_note("The base URL is http, so the secret crosses the network unencrypted.")


def _to_json(credential: Credential, app: SigningApp) -> dict[str, object]:
    return {
        "id": app.credential_id,
        "app_key": app.app_key,
        "name": credential.name,
        "scopes": sorted(credential.scopes),
        "has_deployment_module": app.has_deployment_module,
        "is_enabled": app.is_enabled,
        "is_unfinished": app.next_sealed_secret is not None,
        "base_url": app.links.base_url if app.links else None,
        "created_at": credential.created_at,
        "previous_secret_until": app.previous_until,
    }


def _state_of(app: SigningApp) -> str:
    """Whether it may call; or that a command was cut off while it told the app a secret: running it again finishes that."""
    if app.next_sealed_secret is not None:
        return "unfinished: install it again" if not app.is_installed else "unfinished: rotate it again"
    return "on" if app.is_enabled else "off"


def _to_row(credential: Credential, app: SigningApp) -> tuple[str, ...]:
    return (
        app.credential_id,
        app.app_key,
        credential.name,
        _state_of(app),
        " ".join(sorted(credential.scopes)) or "none",
        "yes" if app.has_deployment_module else "no",
        app.links.base_url if app.links else "by hand",
        to_text(credential.created_at),
    )
