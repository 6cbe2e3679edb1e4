"""The token of this API: a JWT that names its credential, so the credential's own secret is never shown."""

from __future__ import annotations

from shipledger.access.issuing import IssuedCredential
from shipledger.protocols.declaration import CredentialKind, Desk, Option, OptionForm, Wanted
from shipledger.protocols.iftrue.snippets import list_snippets

KIND = "iftrue"
EXPIRES = Option(name="expires", help="When an iftrue token expires, in UTC.", applies_to="iftrue tokens", form=OptionForm.TIME)


async def keep_token(desk: Desk, issued: IssuedCredential, wanted: Wanted) -> dict[str, str]:
    """Store the credential, and show a token instead of its secret."""
    from shipledger.access.tokens import mint_token

    credential = issued.credential
    token = mint_token(
        await desk.load_keys(),
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        now=credential.created_at,
        expires_at=wanted[EXPIRES.name],
    )
    await desk.store.create_credential(credential)
    return {"id": credential.credential_id, "token": token}


KINDS = (CredentialKind(name=KIND, keep=keep_token, options=(EXPIRES,), title="iftrue", list_snippets=list_snippets),)
