"""Credentials."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.credential import Credential
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.found import Found
from shipledger.ledger.actor import personal_bounds
from shipledger.store import rows
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session, Steps, call


class SqlCredentials(Session):
    """Who may come in."""

    async def create_credential(self, credential: Credential, *others: Credential) -> None:
        def create() -> Steps[None]:
            for one in (credential, *others):
                yield call("create_credential", **rows.from_credential(one))

        await self._write_steps(create())

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        row = await self._fetch("find_credential_by_hash", secret_hash=secret_hash)
        return None if row is None else rows.to_credential(row)

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        row = await self._fetch("find_credential", organization_id=organization_id, credential_id=rows.storable(credential_id))
        return None if row is None else rows.to_credential(row)

    async def list_credentials(self, organization_id: str) -> Found[Credential]:
        return read_each(rows.to_credential, await self._fetch("list_credentials", organization_id=organization_id))

    async def list_personal_tokens(self, person_id: str) -> Found[Credential]:
        return read_each(rows.to_credential, await self._fetch("list_personal_tokens", **ids_of(person_id)))

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        count = await self._execute(
            "revoke_credential",
            organization_id=organization_id,
            credential_id=rows.storable(credential_id),
            now_us=to_microseconds(now),
        )
        return bool(count == 1)

    async def save_sign_of_life(self, organization_id: str, credential_id: str, *, now: datetime) -> None:
        await self._execute(
            "save_sign_of_life", organization_id=organization_id, credential_id=credential_id, now_us=to_microseconds(now)
        )

    async def list_signs_of_life(self, organization_id: str) -> dict[str, datetime]:
        found = await self._fetch("list_signs_of_life", organization_id=organization_id)
        return {credential_id: from_microseconds(seen_us) for credential_id, seen_us in found}


def ids_of(person_id: str) -> dict[str, str]:
    """Between which ids those of a person's own credentials are."""
    first, last = personal_bounds(rows.storable(person_id))
    return {"first": first, "last": last}
