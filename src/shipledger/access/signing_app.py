"""Apps that sign each request with a shared secret."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.access.grant import Grant
from shipledger.clock import JUMP, Clock
from shipledger.errors import Invalid

if TYPE_CHECKING:  # it loads ciphers
    from shipledger.access.sealing import Seal

APP_KEY_FORM = re.compile(r"[A-Za-z0-9._-]{1,80}")
INSTALLATIONS_LIMIT = 16
"""Maximum number of secrets to check a request against: each costs a hash."""


OVERLAP = timedelta(minutes=5)
"""How long a replaced secret keeps working, for requests already signed with it."""


class AppLinks(Struct, frozen=True, omit_defaults=True):
    """An app's URLs from its descriptor. All but ``base_url`` are paths below it; empty: none.

    ``modules``: which it defines of those beside that of deployments; None: it was installed before they were asked for.
    """

    base_url: str
    installed: str = ""
    uninstalled: str = ""
    enabled: str = ""
    disabled: str = ""
    gating_callback: str = ""
    modules: tuple[str, ...] | None = None


class SigningApp(Struct, frozen=True):
    """A stored app, next to its credential. ``has_deployment_module``: its descriptor has the deployment module.

    ``links`` is None for an app created by hand, which is never called. ``next_sealed_secret``: one that the app may have
    been told; it is good like the current one until that is known. It equals the current one in an app that never took any.
    """

    organization_id: str
    credential_id: str
    app_key: str
    sealed_secret: bytes
    has_deployment_module: bool = True
    links: AppLinks | None = None
    previous_sealed_secret: bytes | None = None
    previous_until: datetime | None = None
    is_enabled: bool = True
    next_sealed_secret: bytes | None = None

    @property
    def is_installed(self) -> bool:
        """Whether it ever took a secret."""
        return self.next_sealed_secret != self.sealed_secret

    def list_sealed_secrets(self, now: datetime) -> list[bytes]:
        """The valid secrets at ``now``, the current one first; none while the app is disabled."""
        if not self.is_enabled:
            return []
        # A later time was stored while the clock was ahead.
        is_overlapping = self.previous_until is not None and now < self.previous_until <= now + OVERLAP + JUMP
        previous = [self.previous_sealed_secret] if is_overlapping and self.previous_sealed_secret else []
        following = [self.next_sealed_secret] if self.next_sealed_secret and self.is_installed else []
        return [self.sealed_secret, *following, *previous]


class AppSecret(Struct, frozen=True):
    """An installed app with its secret and grant. ``modules``: see AppLinks; None: all."""

    grant: Grant
    secret: str
    has_deployment_module: bool
    modules: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        """Without the secret: representations end up in logs."""
        return f"AppSecret({self.grant.credential_id})"


class SigningAppStore(Protocol):
    """The part of the store that apps need."""

    async def create_signing_app(self, credential: Credential, app: SigningApp) -> None:
        """Add an app with its credential. Raises what ``create_credential`` raises."""

    async def discard_signing_app(self, app: SigningApp) -> None:
        """Forget an app that never took a secret, with its credential."""

    async def list_signing_apps(self, app_key: str, *, limit: int) -> list[tuple[Credential, SigningApp]]:
        """The live installations of an app, newest first, including disabled ones. Not bound to an organization."""

    async def list_signing_apps_of(self, organization_id: str) -> list[tuple[Credential, SigningApp]]:
        """The live apps of an organization, whatever their kind, newest first."""

    async def update_signing_app(self, credential: Credential, app: SigningApp, *, expected_secret: bytes) -> None:
        """Replace everything about an app but its key and its ids, and the name and scopes of its credential.

        Raises Conflict if its sealed secret is not ``expected_secret``, or its credential is not live.
        """


class SigningApps:
    """The installed apps."""

    def __init__(self, store: SigningAppStore, seal: Seal, clock: Clock) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock

    async def list_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app in any organization; a token's signature identifies the one."""
        if not APP_KEY_FORM.fullmatch(app_key):
            return []
        found = await self._store.list_signing_apps(app_key, limit=INSTALLATIONS_LIMIT)
        now = self._clock.now()
        return [
            AppSecret(
                grant=credential.to_grant(),
                secret=self._seal.read(sealed),
                has_deployment_module=app.has_deployment_module,
                modules=None if app.links is None else app.links.modules,
            )
            for credential, app in found
            for sealed in app.list_sealed_secrets(now)
        ]


def check_app_key(text: str) -> str:
    """A valid app key. Raises Invalid."""
    if not APP_KEY_FORM.fullmatch(text):
        raise Invalid("app_key", "An app key must have 1 to 80 letters, digits, dots, hyphens and underscores.")
    return text
