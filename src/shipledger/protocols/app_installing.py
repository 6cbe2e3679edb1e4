"""Apps that are installed by a descriptor: what a protocol that has them declares, and what ``shipledger connect`` asks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:  # ciphers and clients, which commands that only read declarations do not need
    from shipledger.access.credential import Credential
    from shipledger.access.sealing import Seal
    from shipledger.access.signing_app import SigningApp, SigningAppStore
    from shipledger.access.signing_key import SigningKeyStore
    from shipledger.clock import Clock
    from shipledger.outgoing.calls import Caller


class Installed(Struct, frozen=True):
    """An app with its new secret. ``was_told``: the app has the secret; else a person must give it to the app."""

    credential: Credential
    app: SigningApp
    secret: str
    was_told: bool
    is_new: bool

    def __repr__(self) -> str:
        """Without the secret: representations end up in logs."""
        return f"Installed({self.credential.credential_id})"


class AppInstaller(Protocol):
    """Installs apps and takes leave of them. What a descriptor is, only its protocol knows."""

    async def fetch_descriptor(self, url: str) -> Any:
        """The descriptor at an address. Raises Invalid, and as ``Caller.call`` does."""

    def read_descriptor(self, document: bytes) -> Any:
        """The descriptor in a document. Raises Invalid, which names everything that is wrong with it."""

    async def install(self, organization_id: str, descriptor: Any) -> Installed:
        """The app, installed or brought to this descriptor with a new secret. Raises Conflict, and as ``Caller.call`` does."""

    async def rotate(self, credential: Credential, app: SigningApp) -> Installed:
        """The app with a new secret. Raises as ``install`` does."""

    async def set_enabled(self, credential: Credential, app: SigningApp, *, is_enabled: bool) -> SigningApp:
        """The app, switched on or off. Raises Conflict."""

    async def say_goodbye(self, app: SigningApp) -> str:
        """Tell an app that was revoked that it is uninstalled: an empty text, or why it could not be told."""


class InstallerParts(Struct, frozen=True):
    """What an installer is built of. ``keys`` sign the calls to apps. ``public_url`` is where apps reach this server."""

    store: SigningAppStore
    keys: SigningKeyStore
    clock: Clock
    seal: Seal
    caller: Caller
    public_url: str


class AppInstalling(Struct, frozen=True):
    """That a protocol has apps that are installed. ``kind``: of their credentials. ``example``: an address of a descriptor."""

    kind: str
    build: Callable[[InstallerParts], AppInstaller]
    example: str
