"""An app that is told of the gates of its deployments, and never called."""

from __future__ import annotations

from datetime import datetime

from shipledger.access.signing_app import AppLinks, SigningApp
from shipledger.gating.gate import Gate
from shipledger.ledger.state import State
from tests.support.factories import make_credential, make_id
from tests.support.pen import Pen


async def ask_of_an_app(pen: Pen, *, at: datetime) -> Gate:
    """The gate of a deployment of an app's, of which the app is to be told."""
    pen.credential_id = make_id(7)
    credential = make_credential(7, organization_id=pen.organization_id, kind="jira-connect", name="app")
    links = AppLinks(base_url="https://app.example.com", gating_callback="/gating")
    app = SigningApp(pen.organization_id, pen.credential_id, app_key="k", sealed_secret=b"sealed", links=links)
    await pen.store.create_signing_app(credential, app)
    _, verdict = await pen.record(at=at, state=State.PENDING, asks_for_gate=True)
    gate = await pen.store.find_gate(pen.organization_id, str(verdict.deployment_id))
    assert gate is not None
    return gate
