"""What senders to this API prove themselves with: a client's id and secret, an app's signatures, or those of a Jenkins."""

from __future__ import annotations

from uuid import uuid4

from msgspec.structs import replace

from shipledger.access.credential import Credential
from shipledger.access.issuing import IssuedCredential
from shipledger.access.signing_app import SigningApp, check_app_key
from shipledger.protocols.declaration import CredentialKind, Desk, Option, OptionForm, Wanted
from shipledger.protocols.jira.snippets import list_for_app, list_for_client, list_for_jenkins

CLIENT = "jira-oauth"
APP = "jira-connect"
JENKINS = "jenkins"

JENKINS_PATH = "/jenkins/webtrigger"
JENKINS_SERVER = "jenkins_server_uuid"
"""Jenkins sends the id of a connection in its webhook URL, as an app sends its key."""

APP_KEY = Option(
    name="app_key",
    help="App key of a jira-connect app, from its descriptor. Default: a generated key.",
    applies_to="jira-connect",
)
WITHOUT_DEPLOYMENTS = Option(
    name="without_deployments",
    help="The jira-connect app has no deployment module.",
    applies_to="jira-connect",
    form=OptionForm.FLAG,
)
BREAK_TIES_BY_ARRIVAL = Option(
    name="break_ties_by_arrival",
    help="If two updates have the same number, the later one wins (jira kinds).",
    applies_to="the jira kinds",
    form=OptionForm.FLAG,
    kept=lambda credential: credential.breaks_ties_by_arrival,
)


async def keep_client(desk: Desk, issued: IssuedCredential, wanted: Wanted) -> dict[str, str]:
    """Store a client, and show what its site's tutorial asks for."""
    credential = _with_ties(issued.credential, wanted)
    await desk.store.create_credential(credential)
    return {
        "id": credential.credential_id,
        "client_id": credential.credential_id,
        "client_secret": issued.secret,
        "cloud_id": credential.organization_id,
    }


async def keep_app(desk: Desk, issued: IssuedCredential, wanted: Wanted) -> dict[str, str]:
    """Store an app that is set up by hand, with its secret encrypted: signatures are checked with it. Raises Invalid."""
    credential = _with_ties(issued.credential, wanted)
    given = wanted[APP_KEY.name]
    app = SigningApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=check_app_key(given) if given else f"shipledger-app-{credential.credential_id[-12:]}",
        sealed_secret=(await desk.load_seal()).seal(issued.secret),
        has_deployment_module=not wanted[WITHOUT_DEPLOYMENTS.name],
    )
    await desk.store.create_signing_app(credential, app)
    return {
        "id": credential.credential_id,
        "app_key": app.app_key,
        "client_key": credential.organization_id,
        "shared_secret": issued.secret,
    }


async def keep_jenkins(desk: Desk, issued: IssuedCredential, wanted: Wanted) -> dict[str, str]:
    """Store a connection of a Jenkins server, and show the URL that its plugin asks for."""
    credential, server = _with_ties(issued.credential, wanted), str(uuid4())
    app = SigningApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=server,
        sealed_secret=(await desk.load_seal()).seal(issued.secret),
    )
    await desk.store.create_signing_app(credential, app)
    path = f"{JENKINS_PATH}?{JENKINS_SERVER}={server}"
    return {
        "id": credential.credential_id,
        "webhook_url": desk.settings.public_url.rstrip("/") + path,
        "secret": issued.secret,
    }


def _with_ties(credential: Credential, wanted: Wanted) -> Credential:
    return replace(credential, breaks_ties_by_arrival=wanted[BREAK_TIES_BY_ARRIVAL.name])


KINDS = (
    CredentialKind(
        name=CLIENT,
        keep=keep_client,
        options=(BREAK_TIES_BY_ARRIVAL,),
        title="Jira: a client with an id and a secret",
        list_snippets=list_for_client,
    ),
    CredentialKind(
        name=APP,
        keep=keep_app,
        options=(APP_KEY, WITHOUT_DEPLOYMENTS, BREAK_TIES_BY_ARRIVAL),
        title="Jira: a Connect app",
        list_snippets=list_for_app,
    ),
    CredentialKind(
        name=JENKINS,
        keep=keep_jenkins,
        options=(BREAK_TIES_BY_ARRIVAL,),
        title="Jenkins: the Jira plugin",
        list_snippets=list_for_jenkins,
    ),
)
