"""The credentials of those who call, and how their calls show them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2

from shipledger.access.people.doorkeeper import Doorkeeper
from shipledger.access.people.members import Members
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.roles import Role
from shipledger.access.people.sign_in_limits import SignInLimits
from shipledger.access.people.tokens import PersonalTokens, TokenWish
from shipledger.access.sealing import Seal
from shipledger.demo.call import Sender
from shipledger.demo.company import ADMINISTRATOR
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.lifecycle import App
from shipledger.protocols.credential_desk import CredentialDesk, ServingDesk
from shipledger.protocols.native.credentials import ADMINISTER, APPROVE
from shipledger.store.key_agreement import agree_on_keys
from shipledger.store.key_file import sealing_keys_of
from shipledger.verbs.sources import CredentialWish

TOKEN_LASTS = timedelta(minutes=10)
"""Shorter than a token of Jira's kind holds."""

TOKEN_OF_PERSON_LASTS = timedelta(days=366)
"""The longest that there is; the sample is a little shorter."""

_SCOPES = {
    Sender.PLATFORM: frozenset({"read", "write"}),
    Sender.SUPPORT: frozenset({"read", "write"}),
    Sender.COMMITS: frozenset({"read", "write"}),
    Sender.BOARD: frozenset({"read", APPROVE}),
}
_RIGHTS = frozenset({"read", "write", "configuration", ADMINISTER})
_BY = Actor(ActorKind.COMMAND, "demo")


class Senders:
    """Issues credentials when they are first needed, and makes the calls with them."""

    def __init__(self, app: App, organization_id: str, clients: Mapping[Sender, httpx2.AsyncClient]) -> None:
        self._app = app
        self._organization_id = organization_id
        self._clients = clients
        self._shown: dict[Sender, Mapping[str, str]] = {}
        self._token: tuple[str, datetime] | None = None

    async def prepare(self, sender: Sender) -> None:
        """Issue the credential of ``sender``, if that has not been done."""
        if sender is not Sender.STRANGER and sender not in self._shown:
            self._shown[sender] = await (
                self._issue_personal(sender) if sender is Sender.ADMINISTRATOR else self._issue_credential(sender)
            )

    async def request(self, sender: Sender, method: str, path: str, body: Any, *, now: datetime) -> httpx2.Response:
        """The answer to a call at ``now``."""
        headers = await self._headers_of(sender, now)
        return await self._clients[sender].request(method, path, json=body, headers=headers)

    async def _headers_of(self, sender: Sender, now: datetime) -> dict[str, str]:
        if sender is Sender.STRANGER:
            return {"Authorization": "GenieKey 00000000-0000-4000-8000-000000000000"}
        shown = self._shown[sender]
        kind, _ = sender.value
        if kind == "opsgenie":
            return {"Authorization": f"GenieKey {shown['api_key']}"}
        if kind == "datadog":
            return {"DD-API-KEY": shown["api_key"], "DD-APPLICATION-KEY": shown["application_key"]}
        token = await self._get_access_token(shown, now) if kind == "jira-oauth" else shown["token"]
        return {"Authorization": f"Bearer {token}"}

    async def _issue_personal(self, sender: Sender) -> Mapping[str, str]:
        """A token of the administrator, who gets her account with it."""
        store, clock, asks = self._app.store, self._app.clock, AskingStore(self._app.store, self._app.clock)
        members = Members(store, Doorkeeper(store, clock, Passwords(), SignInLimits(time.monotonic)), asks, clock)
        invited = await members.invite(
            self._organization_id, ADMINISTRATOR.email, role=Role.ADMINISTRATOR, name=ADMINISTRATOR.name, by=_BY
        )
        issued = await PersonalTokens(store, clock, asks, time.monotonic).issue(
            self._organization_id,
            invited.person.person_id,
            TokenWish(sender.value[1], _RIGHTS, clock.now() + TOKEN_OF_PERSON_LASTS),
            randomness=secrets.token_bytes(8),
            by=_BY,
        )
        return {"token": issued.secret}

    async def _issue_credential(self, sender: Sender) -> Mapping[str, str]:
        app = self._app
        keys = await agree_on_keys(app.store, app.settings)
        desk = CredentialDesk(
            app.store,
            app.clock,
            AskingStore(app.store, app.clock),
            ServingDesk(app.settings, app.store, Seal(lambda: sealing_keys_of(keys)), keys),
            new_randomness=lambda: secrets.token_bytes(8),
        )
        kind, name = sender.value
        wish = CredentialWish(kind=kind, name=name, scopes=_SCOPES.get(sender, frozenset()))
        return (await desk.create(self._organization_id, wish, by=_BY)).shown

    async def _get_access_token(self, shown: Mapping[str, str], now: datetime) -> str:
        if self._token is not None and self._token[1] > now:
            return self._token[0]
        body = {
            "grant_type": "client_credentials",
            "client_id": shown["client_id"],
            "client_secret": shown["client_secret"],
        }
        answer = await self._clients[Sender.MOBILE].post("/oauth/token", json=body)
        self._token = (answer.raise_for_status().json()["access_token"], now + TOKEN_LASTS)
        return self._token[0]
