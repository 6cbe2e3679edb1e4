"""The two keys of this API: the API key identifies the organization and may create, the application key carries the rights."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import Scope
from shipledger.access.issuing import IssuedCredential
from shipledger.ledger.identity import derive_id
from shipledger.protocols.datadog.snippets import list_snippets
from shipledger.protocols.datadog.times import TimeForm
from shipledger.protocols.declaration import CredentialKind, Desk, Option, Wanted, keep_secret

API_KEY = "datadog"
APPLICATION_KEY = "datadog-application"
TIME_FORM = Option(
    name="time_form",
    help="Time format of Datadog answers to this application key. Default: what its client can read.",
    applies_to="datadog application keys",
    choices=tuple(TimeForm),
    kept=lambda credential: credential.time_form,
)


def application_key_id(credential_id: str) -> str:
    """The id of the application key that belongs to an API key: revoking one revokes both."""
    return derive_id(credential_id, 0, "application key")


def issue_application_key(credential: Credential, scopes: frozenset[str]) -> IssuedCredential:
    """The application key for an API key, with ``scopes`` or, if empty, all. Nothing is stored."""
    secret = new_secret()
    application = replace(
        credential,
        credential_id=application_key_id(credential.credential_id),
        kind=APPLICATION_KEY,
        secret_hash=hash_secret(secret),
        scopes=scopes or frozenset(Scope),
    )
    return IssuedCredential(credential=application, secret=secret)


async def keep_pair(desk: Desk, issued: IssuedCredential, wanted: Wanted) -> dict[str, str]:
    """Store both keys. An API key may only create; everything else needs the application key."""
    credential = issued.credential
    application = issue_application_key(credential, credential.scopes)
    await desk.store.create_credential(
        replace(credential, scopes=frozenset({Scope.WRITE})),
        replace(application.credential, time_form=wanted[TIME_FORM.name]),
    )
    return {"id": credential.credential_id, "api_key": issued.secret, "application_key": application.secret}


KINDS = (
    CredentialKind(
        name=API_KEY,
        keep=keep_pair,
        options=(TIME_FORM,),
        list_companions=lambda credential_id: (application_key_id(credential_id),),
        title="Datadog DORA Metrics",
        list_snippets=list_snippets,
    ),
    CredentialKind(
        name=APPLICATION_KEY,
        keep=keep_secret("application_key"),
        title="Datadog: the application key of a pair",
        refusal="An application key needs an API key. Create both with `shipledger credential create datadog`.",
    ),
)
