"""Where credentials are issued, replaced and ended: the same rules for commands and pages. Each leaves an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.credential import Credential
from shipledger.access.grant import PERSONAL
from shipledger.access.issuance.model import ReportRevoked
from shipledger.access.issuing import Limits, issue_credential, report_issued
from shipledger.access.sealing import Seal
from shipledger.access.tokens import TokenKeys
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import VerdictKind
from shipledger.protocols.declaration import CredentialKeeper, CredentialKind, Desk, Option, OptionForm
from shipledger.protocols.registry import find_kind, list_companions, list_kinds
from shipledger.settings import Settings
from shipledger.shell_words import command
from shipledger.verbs.source_listing import ListingStore, list_sources, list_used
from shipledger.verbs.sources import CredentialWish, KindOffer, MadeCredential, Snippet, Source


class DeskStore(CredentialKeeper, ListingStore, Protocol):
    """The part of the store that this needs."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential, revoked or not, with this id, or None."""

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """Revoke a live credential; False if there is none with this id."""


class ServingDesk(Struct, frozen=True):
    """Where a running server issues credentials. See Desk."""

    settings: Settings
    store: CredentialKeeper
    seal: Seal
    keys: TokenKeys

    async def load_seal(self) -> Seal:
        """The cipher."""
        return self.seal

    async def load_keys(self) -> TokenKeys:
        """The keys that tokens are signed with."""
        return self.keys

    def __repr__(self) -> str:
        """Without the keys."""
        return "ServingDesk()"


class CredentialDesk:
    """See ``verbs.sources.SourceVerbs``. A credential is stored first: until its entry stands, nobody has seen its secret."""

    def __init__(self, store: DeskStore, clock: Clock, asks: Asks, desk: Desk, *, new_randomness: Any) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._desk = desk
        self._new_randomness = new_randomness

    def list_offers(self) -> Sequence[KindOffer]:
        """The kinds that are created by themselves."""
        return [KindOffer(kind.name, kind.title, kind.scopes) for kind in list_kinds() if not kind.refusal]

    def title_of(self, kind: str) -> str:
        """What people call a kind."""
        found = find_kind(kind)
        return kind if found is None else found.title

    def list_snippets(self, kind: str, url: str, shown: Mapping[str, str], now: datetime) -> Sequence[Snippet]:
        """What the kind's protocol has to paste."""
        found = find_kind(kind)
        return () if found is None else found.list_snippets(url, shown, now)

    async def create(self, organization_id: str, wish: CredentialWish, *, by: Actor) -> MadeCredential:
        """A new credential, stored, with its entry."""
        kind = _get_kind(wish.kind)
        if kind.refusal:
            raise Invalid("kind", kind.refusal)
        if beyond := wish.scopes - kind.scopes - kind.named_scopes:
            raise Invalid("scopes", f"A credential of the kind {kind.name} cannot have this right: {', '.join(sorted(beyond))}.")
        if by.kind is not ActorKind.COMMAND and (named := sorted(wish.scopes & kind.named_scopes)):
            how = command("credential create", kind.name, options=[("--scope", one) for one in named])
            raise Invalid("scopes", f"Only an operator gives this right: {how}")
        return await self._issue(organization_id, kind, wish, by=by)

    async def _issue(self, organization_id: str, kind: CredentialKind, wish: CredentialWish, *, by: Actor) -> MadeCredential:
        known = await self._store.list_credentials(organization_id)
        issued = issue_credential(
            organization_id=organization_id,
            kind=kind.name,
            name=wish.name,
            now=self._clock.now(),
            randomness=self._new_randomness(),
            scopes=wish.scopes or kind.scopes,
            limits=wish.limits,
        )
        namesakes = [
            one.credential_id
            for one in known
            if (one.kind, one.name, one.revoked_at) == (kind.name, issued.credential.name, None)
        ]
        options = {option.name: _default_of(option) for option in kind.options} | dict(wish.options)
        shown = await kind.keep(self._desk, issued, options)
        credential = issued.credential
        report = report_issued(credential, successor_of=wish.successor_of)
        await self._asks.ask(organization_id, [report], operation="issue credential", actor=by)
        return MadeCredential(kind.name, shown, tuple(namesakes))

    async def rotate(self, organization_id: str, credential_id: str, *, by: Actor) -> MadeCredential:
        """A successor of a credential."""
        current = await self._get_live(organization_id, credential_id)
        kind = _get_kind(current.kind)
        if kind.refusal or any(option.kept is None for option in kind.options):
            raise Conflict(
                "rotation", f"A credential of the kind {kind.name} is replaced by hand: create another one, then revoke this one."
            )
        companions = [
            await self._store.find_credential(organization_id, one) for one in list_companions(current.kind, credential_id)
        ]
        decisive = next((one for one in companions if one is not None), current)
        wish = CredentialWish(
            kind=kind.name,
            name=current.name,
            scopes=decisive.scopes & (kind.scopes | kind.named_scopes),
            limits=Limits(requests_per_minute=current.requests_per_minute, requests_per_second=current.requests_per_second),
            options={option.name: option.kept(decisive) for option in kind.options if option.kept is not None},
            successor_of=credential_id,
        )
        if not wish.scopes:  # which would stand for all
            raise Conflict("rotation", "This credential has no right that its kind still has: create another one.")
        return await self._issue(organization_id, kind, wish, by=by)

    async def revoke(self, organization_id: str, credential_id: str, *, by: Actor) -> Credential:
        """End a credential. Asked again after a crash, it adds the entry that is missing."""
        found = await self._store.find_credential(organization_id, credential_id)
        now = self._clock.now()
        is_revoked = found is not None and await self._store.revoke_credential(organization_id, credential_id, now=now)
        if found is not None:
            for companion in list_companions(found.kind, credential_id) if is_revoked else ():
                await self._store.revoke_credential(organization_id, companion, now=now)
            is_revoked = await self.report_end(found, by=by) or is_revoked
        if found is None or not is_revoked:
            raise NotFound("credential", f"There is no live credential {credential_id!r}; see `shipledger credential list`.")
        return replace(found, revoked_at=found.revoked_at or now)

    async def report_end(self, credential: Credential, *, by: Actor) -> bool:
        """Add the entry that a credential ended; whether it was missing."""
        report = ReportRevoked(credential.credential_id, credential.kind, credential.name)
        (verdict,) = await self._asks.ask(credential.organization_id, [report], operation="revoke credential", actor=by)
        return verdict.kind is VerdictKind.APPLIED

    async def list_sources(self, organization_id: str) -> list[Source]:
        """The credentials of an organization, newest first, without people's own tokens."""
        return await list_sources(self._store, organization_id, now=self._clock.now())

    async def list_all(self, organization_id: str) -> Found[Source]:
        """The same with people's own tokens, and with what cannot be read."""
        return await list_used(self._store, organization_id, now=self._clock.now())

    async def find_source(self, organization_id: str, credential_id: str) -> Source | None:
        """One of them, or None."""
        found = await self.list_sources(organization_id)
        return next((one for one in found if one.credential.credential_id == credential_id), None)

    async def _get_live(self, organization_id: str, credential_id: str) -> Credential:
        found = await self._store.find_credential(organization_id, credential_id)
        if found is None or found.kind == PERSONAL or not found.is_live(self._clock.now()):
            raise NotFound("credential", f"There is no live credential {credential_id!r}; see `shipledger credential list`.")
        return found


def _get_kind(name: str) -> CredentialKind:
    kind = find_kind(name)
    if kind is None:
        raise Invalid("kind", f"{name!r} is no kind of credential.")
    return kind


def _default_of(option: Option) -> Any:
    return {OptionForm.FLAG: False, OptionForm.TIME: None}.get(option.form, "")
