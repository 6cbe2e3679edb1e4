"""Apps that sign each request with a secret that they share with us."""

from __future__ import annotations

import re
from typing import Protocol

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.access.grant import Grant
from shipledger.access.sealing import Seal
from shipledger.errors import Invalid

APP_KEY_FORM = re.compile(r"[A-Za-z0-9._-]{1,80}")
INSTALLATIONS_LIMIT = 16
"""How many secrets one request may be checked against: a token costs a hash for each."""


class ConnectApp(Struct, frozen=True):
    """An installed app as it is kept, beside its credential. ``has_deployment_module``: it says that it sends deployments."""

    organization_id: str
    credential_id: str
    app_key: str
    sealed_secret: bytes
    has_deployment_module: bool = True


class AppSecret(Struct, frozen=True):
    """An installed app with the secret that proves it, and what it may do then."""

    grant: Grant
    secret: str
    has_deployment_module: bool

    def __repr__(self) -> str:
        """Without the secret: representations end up in logs."""
        return f"AppSecret({self.grant.credential_id})"


class ConnectAppStore(Protocol):
    """The part of the store that apps need."""

    async def create_connect_app(self, credential: Credential, app: ConnectApp) -> None:
        """Add an app together with its credential. Raises as ``create_credential`` does."""

    async def list_connect_apps(self, app_key: str, *, limit: int) -> list[tuple[Credential, ConnectApp]]:
        """The live installations of an app, newest first. Not bound to an organization."""


class ConnectApps:
    """The apps that are installed."""

    def __init__(self, store: ConnectAppStore, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def list_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app, in any organization: which of them a token is from, its signature tells."""
        if not APP_KEY_FORM.fullmatch(app_key):
            return []
        found = await self._store.list_connect_apps(app_key, limit=INSTALLATIONS_LIMIT)
        return [
            AppSecret(
                grant=credential.to_grant(),
                secret=self._seal.read(app.sealed_secret),
                has_deployment_module=app.has_deployment_module,
            )
            for credential, app in found
        ]


def check_app_key(text: str) -> str:
    """The key of an app. Raises Invalid for what cannot be one."""
    if not APP_KEY_FORM.fullmatch(text):
        raise Invalid("app_key", "An app key has 1 to 80 letters, digits, dots, hyphens and underscores.")
    return text
