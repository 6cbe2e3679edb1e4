"""Install an app by its descriptor, change its secret, switch it off and on, and take leave of it."""

from __future__ import annotations

import secrets

from msgspec.structs import replace

from shipledger.access.credential import Credential, new_secret
from shipledger.access.issuing import issue_credential
from shipledger.access.signing_app import OVERLAP, SigningApp
from shipledger.access.signing_key import make_signing_key
from shipledger.errors import Conflict, Invalid, ShipledgerError
from shipledger.protocols.app_installing import Installed, InstallerParts
from shipledger.protocols.jira.credentials import APP
from shipledger.protocols.jira.descriptor import Descriptor, read_descriptor
from shipledger.protocols.jira.lifecycle import Event, Lifecycle

DESCRIPTOR_LIMIT_BYTES = 1024 * 1024


class Installer:
    """Apps of any organization."""

    def __init__(self, parts: InstallerParts) -> None:
        self._store = parts.store
        self._keys = parts.keys
        self._clock = parts.clock
        self._seal = parts.seal
        self._caller = parts.caller
        self._public_url = parts.public_url

    def read_descriptor(self, document: bytes) -> Descriptor:
        return read_descriptor(document)

    async def fetch_descriptor(self, url: str) -> Descriptor:
        """The descriptor at an address. Raises Invalid, and as ``Caller.call`` does."""
        answer = await self._caller.call("GET", url, headers={"Accept": "application/json"}, limit_bytes=DESCRIPTOR_LIMIT_BYTES)
        if not answer.is_success:
            raise Invalid("descriptor", f"The descriptor's URL answered {answer.status}; open it in a browser to check it.")
        return read_descriptor(answer.body)

    async def install(self, organization_id: str, descriptor: Descriptor) -> Installed:
        """The app, installed or, when the organization has it already, brought to this descriptor with a new secret.

        Only an app that took its secret is installed. Raises Conflict when it refused, and as ``Caller.call`` does.
        """
        known = await self._store.list_signing_apps_of(organization_id)
        existing = [(by, app) for by, app in known if (by.kind, app.app_key) == (APP, descriptor.app_key)]
        credential, app = existing[0] if existing else await self._begin(organization_id, descriptor)
        wanted = replace(app, links=descriptor.links, has_deployment_module=descriptor.has_deployment_module, is_enabled=True)
        is_new = not app.is_installed
        try:
            installed = await self.rotate(credential, app, becomes=(_named(credential, descriptor), wanted))
        except ShipledgerError:
            if is_new:
                await self._store.discard_signing_app(app)
            raise
        return replace(installed, is_new=is_new)

    async def rotate(
        self, credential: Credential, app: SigningApp, *, becomes: tuple[Credential, SigningApp] | None = None
    ) -> Installed:
        """The app with a new secret, and as it ``becomes``; the secret before is good for ``OVERLAP`` more.

        The new secret is kept before the app is told, so whichever of the two the app has after a kill is good; doing it again
        tells it the same one. Raises as ``install`` does.
        """
        secret, app = await self._keep_next(credential, app)
        credential, wanted = becomes or (credential, app)
        wanted = replace(wanted, next_sealed_secret=app.next_sealed_secret)
        try:
            was_told = await self._tell("installed", wanted, secret=secret)
        except (Conflict, Invalid):  # it did not take it
            if app.is_installed:
                kept = replace(app, next_sealed_secret=None)
                await self._store.update_signing_app(credential, kept, expected_secret=app.sealed_secret)
            raise
        is_first = not app.is_installed
        changed = replace(
            wanted,
            sealed_secret=app.next_sealed_secret or app.sealed_secret,
            previous_sealed_secret=None if is_first else app.sealed_secret,
            previous_until=None if is_first else self._clock.now() + OVERLAP,
            next_sealed_secret=None,
        )
        await self._store.update_signing_app(credential, changed, expected_secret=app.sealed_secret)
        return Installed(credential=credential, app=changed, secret=secret, was_told=was_told, is_new=False)

    async def _begin(self, organization_id: str, descriptor: Descriptor) -> tuple[Credential, SigningApp]:
        """The app as it is kept before it is told: with a secret that nobody has."""
        issued = issue_credential(
            organization_id=organization_id,
            kind=APP,
            name=descriptor.name,
            now=self._clock.now(),
            randomness=secrets.token_bytes(8),
        )
        credential = _named(issued.credential, descriptor)
        sealed_secret = self._seal.seal(new_secret())
        app = SigningApp(
            organization_id=organization_id,
            credential_id=credential.credential_id,
            app_key=descriptor.app_key,
            sealed_secret=sealed_secret,
            has_deployment_module=descriptor.has_deployment_module,
            links=descriptor.links,
            next_sealed_secret=sealed_secret,
        )
        await self._store.create_signing_app(credential, app)
        return credential, app

    async def _keep_next(self, credential: Credential, app: SigningApp) -> tuple[str, SigningApp]:
        """The secret to tell, once it is kept: the one that the app may have been told already, if there is one."""
        if app.next_sealed_secret is not None:
            return self._seal.read(app.next_sealed_secret), app
        secret = new_secret()
        kept = replace(app, next_sealed_secret=self._seal.seal(secret))
        await self._store.update_signing_app(credential, kept, expected_secret=app.sealed_secret)
        return secret, kept

    async def set_enabled(self, credential: Credential, app: SigningApp, *, is_enabled: bool) -> SigningApp:
        """The app, switched on or off. It is told, and whether it could be told makes no difference. Raises Conflict."""
        changed = replace(app, is_enabled=is_enabled)
        await self._store.update_signing_app(credential, changed, expected_secret=app.sealed_secret)
        await self._try_to_tell("enabled" if is_enabled else "disabled", changed)
        return changed

    async def say_goodbye(self, app: SigningApp) -> str:
        """Tell an app that was revoked that it is uninstalled: an empty text, or why it could not be told."""
        return await self._try_to_tell("uninstalled", app)

    async def _try_to_tell(self, event: Event, app: SigningApp) -> str:
        try:
            await self._tell(event, app)
        except ShipledgerError as error:
            return error.message
        return ""

    async def _tell(self, event: Event, app: SigningApp, *, secret: str = "") -> bool:
        if app.links is None or not getattr(app.links, event):
            return False
        if not self._public_url:
            raise Invalid("public_url", "The app needs to know the URL of this server; set SHIPLEDGER_PUBLIC_URL.")
        key = await self._keys.find_newest_signing_key(app.organization_id)
        if key is None:
            key = make_signing_key(app.organization_id, self._seal, now=self._clock.now(), randomness=secrets.token_bytes(8))
            await self._keys.save_signing_key(key)
        lifecycle = Lifecycle(self._caller, key=key, seal=self._seal, clock=self._clock, public_url=self._public_url)
        return await lifecycle.tell(event, app.app_key, app.links, secret=secret)


def _named(credential: Credential, descriptor: Descriptor) -> Credential:
    """With the name and the rights of the descriptor, also when these are none."""
    return replace(credential, name=descriptor.name, scopes=descriptor.scopes)
