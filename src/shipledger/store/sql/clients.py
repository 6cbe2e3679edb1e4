"""Access tokens, and apps that sign with a secret."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.access_token import AccessToken
from shipledger.access.connect_app import ConnectApp
from shipledger.access.credential import Credential
from shipledger.clock import to_microseconds
from shipledger.store import rows
from shipledger.store.session import Steps, call
from shipledger.store.sql.credentials import SqlCredentials

_APP_COLUMNS = 3


class SqlClients(SqlCredentials):
    """Credentials, and what stands for them on the wire."""

    async def save_access_token(self, token: AccessToken, *, now: datetime) -> None:
        """See AccessTokenStore."""
        owner = {"organization_id": token.organization_id, "credential_id": token.credential_id}

        def save() -> Steps[None]:
            yield call("forget_expired_tokens", **owner, now_us=to_microseconds(now))
            yield call("save_access_token", **owner, token_hash=token.token_hash, expires_us=to_microseconds(token.expires_at))

        await self._write_steps(save())

    async def find_credential_by_token(self, token_hash: bytes, *, now: datetime) -> Credential | None:
        """See AccessTokenStore."""
        row = await self._fetch("find_credential_by_token", token_hash=token_hash, now_us=to_microseconds(now))
        return None if row is None else rows.to_credential(row)

    async def create_connect_app(self, credential: Credential, app: ConnectApp) -> None:
        """See ConnectAppStore."""

        def create() -> Steps[None]:
            yield call("create_credential", **rows.from_credential(credential))
            yield call(
                "save_connect_app",
                organization_id=app.organization_id,
                credential_id=app.credential_id,
                app_key=app.app_key,
                sealed_secret=app.sealed_secret,
                has_deployment_module=int(app.has_deployment_module),
            )

        await self._write_steps(create())

    async def list_connect_apps(self, app_key: str, *, limit: int) -> list[tuple[Credential, ConnectApp]]:
        """See ConnectAppStore."""
        found = await self._fetch("list_connect_apps", app_key=rows.storable(app_key), limit=limit)
        return [(rows.to_credential(row[:-_APP_COLUMNS]), _to_app(row)) for row in found]


def _to_app(row: rows.Row) -> ConnectApp:
    app_key, sealed_secret, has_deployment_module = row[-_APP_COLUMNS:]
    return ConnectApp(
        organization_id=row[0],
        credential_id=row[1],
        app_key=app_key,
        sealed_secret=sealed_secret,
        has_deployment_module=bool(has_deployment_module),
    )
