"""Access tokens, and apps that sign with a secret."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.access_token import LONGEST, AccessToken
from shipledger.access.credential import Credential
from shipledger.access.signing_app import SigningApp
from shipledger.access.signing_key import SigningKey
from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.store import rows
from shipledger.store.credentials import client_rows
from shipledger.store.credentials.uses import SqlUses
from shipledger.store.credentials.verbs import SqlCredentials
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call


class SqlClients(SqlCredentials, SqlUses):
    """Credentials, and what stands for them on the wire."""

    async def save_access_token(self, token: AccessToken, *, now: datetime) -> None:
        owner = {"organization_id": token.organization_id, "credential_id": token.credential_id}

        def save() -> Steps[None]:
            times = {"now_us": to_microseconds(now), "latest_us": to_microseconds(now + LONGEST)}
            yield call("forget_expired_tokens", **owner, **times)
            yield call("save_access_token", **owner, token_hash=token.token_hash, expires_us=to_microseconds(token.expires_at))

        await self._write_steps(save())

    async def find_credential_by_token(self, token_hash: bytes, *, now: datetime) -> Credential | None:
        row = await self._fetch(
            "find_credential_by_token",
            token_hash=token_hash,
            now_us=to_microseconds(now),
            latest_us=to_microseconds(now + LONGEST),
        )
        return None if row is None else rows.to_credential(row)

    async def create_signing_app(self, credential: Credential, app: SigningApp) -> None:
        def create() -> Steps[None]:
            yield call("create_credential", **rows.from_credential(credential))
            yield call(
                "save_signing_app",
                organization_id=app.organization_id,
                credential_id=app.credential_id,
                app_key=app.app_key,
                sealed_secret=app.sealed_secret,
                has_deployment_module=int(app.has_deployment_module),
                links=rows.optional_document(app.links),
                next_sealed_secret=app.next_sealed_secret,
            )

        await self._write_steps(create())

    async def discard_signing_app(self, app: SigningApp) -> None:
        await self._execute("delete_credential", organization_id=app.organization_id, credential_id=app.credential_id)

    async def list_signing_apps(self, app_key: str, *, limit: int) -> list[tuple[Credential, SigningApp]]:
        found = await self._fetch("list_signing_apps", app_key=rows.storable(app_key), limit=limit)
        return read_each(client_rows.to_app, found)

    async def list_signing_apps_of(self, organization_id: str) -> list[tuple[Credential, SigningApp]]:
        found = await self._fetch("list_signing_apps_of", organization_id=organization_id)
        return read_each(client_rows.to_app, found)

    async def update_signing_app(self, credential: Credential, app: SigningApp, *, expected_secret: bytes) -> None:
        owner = {"organization_id": app.organization_id, "credential_id": app.credential_id}

        def update() -> Steps[None]:
            columns = rows.from_credential(credential)
            live = yield call("update_app_credential", **owner, **{name: columns[name] for name in ("name", "scopes", "digest")})
            changed = yield call(
                "update_signing_app", **owner, **client_rows.from_app_changes(app), expected_secret=expected_secret
            )
            if (live, changed) != (1, 1):
                raise Conflict("signing_app", "The app was changed or removed in the meantime; check it and try again.")

        await self._write_steps(update())

    async def save_signing_key(self, key: SigningKey) -> None:
        await self._execute("save_signing_key", **client_rows.from_signing_key(key))

    async def find_signing_key(self, organization_id: str, key_id: str) -> SigningKey | None:
        owner = {"organization_id": rows.storable(organization_id), "key_id": rows.storable(key_id)}
        row = await self._fetch("find_signing_key", **owner)
        return None if row is None else client_rows.to_signing_key(row)

    async def find_newest_signing_key(self, organization_id: str) -> SigningKey | None:
        row = await self._fetch("find_newest_signing_key", organization_id=organization_id)
        return None if row is None else client_rows.to_signing_key(row)
