"""Store a new credential and name what is shown of it: each protocol calls its secrets differently."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.application_key import issue_application_key
from shipledger.access.connect_app import ConnectApp, check_app_key
from shipledger.access.credential import Credential
from shipledger.access.grant import CredentialKind, Scope
from shipledger.access.issuing import IssuedCredential
from shipledger.access.tokens import mint_token
from shipledger.cli.ledger import OpenLedger
from shipledger.errors import Invalid
from shipledger.protocols.jira import jenkins

SECRET_NAMES: dict[CredentialKind, str] = {
    CredentialKind.OPSGENIE: "api_key",
    CredentialKind.NATIVE: "token",
    CredentialKind.IFTRUE: "token",
    CredentialKind.DATADOG: "api_key",
    CredentialKind.DATADOG_APPLICATION: "application_key",
    CredentialKind.JIRA_OAUTH: "client_secret",
    CredentialKind.JIRA_CONNECT: "shared_secret",
    CredentialKind.JENKINS: "secret",
}
"""What each protocol calls its secret. Stable: scripts read these names."""


class Wishes(Struct, frozen=True):
    """Options for a single kind of credential."""

    expires: datetime | None = None
    app_key: str = ""
    has_deployment_module: bool = True
    time_form: str = ""


async def keep_credential(ledger: OpenLedger, issued: IssuedCredential, wishes: Wishes) -> dict[str, str]:
    """What to show, by name, after storing the credential. Raises Invalid for an option that its kind does not have."""
    credential = issued.credential
    _check(credential.kind, wishes)
    if credential.kind is CredentialKind.JIRA_CONNECT:
        return await _keep_app(ledger, issued, wishes)
    if credential.kind is CredentialKind.JENKINS:
        return await _keep_connection(ledger, issued)
    if credential.kind is CredentialKind.DATADOG:
        return await _keep_pair(ledger, issued, wishes)
    shown = {"id": credential.credential_id, SECRET_NAMES[credential.kind]: issued.secret}
    if credential.kind is CredentialKind.IFTRUE:
        shown["token"] = await _mint(ledger, credential, wishes.expires)
    await ledger.store.create_credential(credential)
    if credential.kind is CredentialKind.JIRA_OAUTH:
        return {
            "id": credential.credential_id,
            "client_id": credential.credential_id,
            "client_secret": issued.secret,
            "cloud_id": credential.organization_id,
        }
    return shown


async def _keep_pair(ledger: OpenLedger, issued: IssuedCredential, wishes: Wishes) -> dict[str, str]:
    """An API key may only create; everything else needs the application key."""
    credential = issued.credential
    application = issue_application_key(credential, credential.scopes)
    await ledger.store.create_credential(
        replace(credential, scopes=frozenset({Scope.WRITE})), replace(application.credential, time_form=wishes.time_form)
    )
    return {"id": credential.credential_id, "api_key": issued.secret, "application_key": application.secret}


async def _keep_app(ledger: OpenLedger, issued: IssuedCredential, wishes: Wishes) -> dict[str, str]:
    credential = issued.credential
    app = ConnectApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=check_app_key(wishes.app_key) if wishes.app_key else f"shipledger-app-{credential.credential_id[-12:]}",
        sealed_secret=(await ledger.load_seal()).seal(issued.secret),
        has_deployment_module=wishes.has_deployment_module,
    )
    await ledger.store.create_connect_app(credential, app)
    return {
        "id": credential.credential_id,
        "app_key": app.app_key,
        "client_key": credential.organization_id,
        "shared_secret": issued.secret,
    }


async def _keep_connection(ledger: OpenLedger, issued: IssuedCredential) -> dict[str, str]:
    """Jenkins sends a connection's id in its webhook URL, as an app sends its key."""
    credential, server = issued.credential, str(uuid4())
    app = ConnectApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=server,
        sealed_secret=(await ledger.load_seal()).seal(issued.secret),
    )
    await ledger.store.create_connect_app(credential, app)
    path = f"{jenkins.PATH}?{jenkins.SERVER}={server}"
    return {
        "id": credential.credential_id,
        "webhook_url": ledger.settings.public_url.rstrip("/") + path,
        "secret": issued.secret,
    }


async def _mint(ledger: OpenLedger, credential: Credential, expires: datetime | None) -> str:
    """Show a token instead of the secret, for protocols whose clients send one. The secret itself is then never shown."""
    return mint_token(
        await ledger.load_keys(),
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        now=credential.created_at,
        expires_at=expires.replace(tzinfo=UTC) if expires else None,
    )


def _check(kind: CredentialKind, wishes: Wishes) -> None:
    if kind is CredentialKind.DATADOG_APPLICATION:
        raise Invalid("kind", "An application key needs an API key. Create both with `shipledger credential create datadog`.")
    if wishes.expires is not None and kind is not CredentialKind.IFTRUE:
        raise Invalid("expires", "--expires applies to iftrue tokens only.")
    if wishes.time_form and kind is not CredentialKind.DATADOG:
        raise Invalid("time_form", "--time-form applies to datadog application keys only.")
    if kind is not CredentialKind.JIRA_CONNECT and (wishes.app_key or not wishes.has_deployment_module):
        raise Invalid("app_key", "--app-key and --without-deployments apply to jira-connect only.")
