"""Shared by the app commands: find an app, call it, remove it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from shipledger.access.credential import Credential
from shipledger.access.signing_app import SigningApp
from shipledger.cli.ledger import OpenLedger
from shipledger.cli.output import Advance, print_note
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.eraser import GRACE_SECONDS, Eraser
from shipledger.errors import Invalid, NotFound
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.protocols.app_installing import AppInstaller, InstallerParts
from shipledger.protocols.registry import get_app_installing
from shipledger.reasons import reason_of


@asynccontextmanager
async def installing(ledger: OpenLedger) -> AsyncIterator[AppInstaller]:
    """The installer for an open ledger."""
    settings = ledger.settings
    caller = Caller(read_networks(settings.outgoing_networks))
    try:
        yield get_app_installing().build(
            InstallerParts(
                store=ledger.store,
                keys=ledger.store,
                clock=ledger.clock,
                seal=await ledger.load_seal(),
                caller=caller,
                public_url=settings.public_url,
            )
        )
    finally:
        await caller.close()


async def read_source(installer: AppInstaller, source: str) -> Any:
    """The descriptor at a URL or in a file. Raises Invalid, and what ``Caller.call`` raises."""
    if source.startswith(("http://", "https://")):
        return await installer.fetch_descriptor(source)
    return installer.read_descriptor(_read_file(source))


def _read_file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Invalid("descriptor", f"The file {name} cannot be read: {reason_of(error)}.") from None


async def list_apps(ledger: OpenLedger, organization_id: str) -> list[tuple[Credential, SigningApp]]:
    """The live apps of an organization that were or could have been installed, newest first."""
    kind = get_app_installing().kind
    return [pair for pair in await ledger.store.list_signing_apps_of(organization_id) if pair[0].kind == kind]


async def find_app(ledger: OpenLedger, organization: str, name: str) -> tuple[Credential, SigningApp]:
    """The live app with this id or key. Raises NotFound, and Invalid when several have the key."""
    owner = await ledger.get_organization(organization)
    found = [pair for pair in await list_apps(ledger, owner.organization_id) if name in (pair[1].credential_id, pair[1].app_key)]
    if not found:
        raise NotFound("app", f"There is no app {name!r} in the organization {organization!r}; see `shipledger connect list`.")
    if len(found) > 1:
        raise Invalid("app", f"{len(found)} apps have the key {name!r}. Use the id of one, from `shipledger connect list`.")
    return found[0]


async def take_leave(ledger: OpenLedger, app: SigningApp, advance: Advance) -> ErasureCounts:
    """Counts of what was erased. The app is refused first, then notified, so that nothing arrives after the erasure."""
    await ledger.store.revoke_credential(app.organization_id, app.credential_id, now=ledger.clock.now())
    async with installing(ledger) as installer:
        problem = await installer.say_goodbye(app)
    if problem:
        print_note(f"The app could not be notified: {problem}")
    await asyncio.sleep(GRACE_SECONDS)  # for requests that were let in before
    return await Eraser(ledger.store, ledger.clock).erase_credential(
        app.organization_id, app.credential_id, reason="app uninstalled", advance=advance
    )
