"""Lets in whom a provider names: finds or adds the person, and gives them the role that their groups bring."""

from __future__ import annotations

from typing import Protocol

from shipledger.access.people.members import Members
from shipledger.access.people.person import Person, read_email
from shipledger.access.people.roles import Role
from shipledger.access.people.sign_on.configured import SignOn
from shipledger.access.people.sign_on.identity import Identity
from shipledger.access.people.store_contract import PeopleStore
from shipledger.clock import Clock
from shipledger.errors import Conflict, Denied, Invalid
from shipledger.ledger.actor import Actor, ActorKind

BY_GROUPS = Actor(ActorKind.DUTY, "sign-on")
"""Who changes roles because groups say so."""

NO_ACCESS = "You have no access here. Ask an administrator of Shipledger to invite you{}."


class Found(Protocol):
    """What of an organization counts here."""

    @property
    def organization_id(self) -> str:
        """Its id."""


class FindsOrganizations(Protocol):
    """Who knows the organizations."""

    async def find_organization(self, slug: str) -> Found | None:
        """The organization with this slug, or None."""


class SignOnDoor:
    """Admits people whom the provider has named."""

    def __init__(
        self, sign_on: SignOn, store: PeopleStore, members: Members, organizations: FindsOrganizations, clock: Clock
    ) -> None:
        self._sign_on = sign_on
        self._store = store
        self._members = members
        self._organizations = organizations
        self._clock = clock

    async def admit(self, identity: Identity) -> Person:
        """The person, whose role is what the groups bring. Raises Denied for whoever has no access.

        An account is found by the provider's own name for somebody; the first time by their address, if the provider has
        verified it. The last administrator keeps the role: otherwise a mistake in a group locks everybody out.
        """
        if not await self._store.has_persons():
            raise Denied("sign_on", "This ledger has no accounts yet. The first one is made with the link of `shipledger link`.")
        person = await self._find(identity)
        if person is not None and person.disabled_at is not None:
            raise Denied("sign_on", "This account is disabled.")
        if self._sign_on.roles:
            return await self._follow_groups(identity, person)
        if person is None:
            raise Denied("sign_on", NO_ACCESS.format(f" as {identity.email}" if identity.email else ""))
        return person

    async def _find(self, identity: Identity) -> Person | None:
        known = await self._store.find_person_by_identity(identity.issuer, identity.subject)
        if known is not None or not identity.email:
            return known
        try:
            person = await self._store.find_person_by_email(read_email(identity.email))
        except Invalid:
            return None
        return None if person is None else await self._keep(identity, person)

    async def _keep(self, identity: Identity, person: Person) -> Person:
        """Keep who the person is at the provider. Of two that arrive at once, the first is kept."""
        await self._store.add_identity(identity.issuer, identity.subject, person.person_id, now=self._clock.now())
        return await self._store.find_person_by_identity(identity.issuer, identity.subject) or person

    async def _follow_groups(self, identity: Identity, person: Person | None) -> Person:
        organization = await self._organizations.find_organization(self._sign_on.organization)
        if organization is None:
            raise Denied("sign_on", "The organization of the setting sign_on_organization does not exist. Tell an administrator.")
        role = self._sign_on.role_of(identity.groups)
        if person is None:
            person = await self._add(identity, role)
        await self._set_role(organization.organization_id, person, role)
        return person

    async def _add(self, identity: Identity, role: Role | None) -> Person:
        if role is None:
            raise Denied("sign_on", "None of your groups at the identity provider has access here.")
        if not identity.email:
            raise Denied(
                "sign_on", "The identity provider does not say that your e-mail address is verified, so no account is made."
            )
        try:
            person = await self._members.find_or_add_person(identity.email, identity.name)
        except Invalid as error:
            raise Denied("sign_on", "The identity provider gives an address or a name that cannot be kept.") from error
        return await self._keep(identity, person)

    async def _set_role(self, organization_id: str, person: Person, role: Role | None) -> None:
        """Give a person the role; None takes them out. Raises Denied if they are out then."""
        member = await self._store.find_member(organization_id, person.person_id)
        try:
            if role is None:
                if member is not None:
                    await self._members.remove(organization_id, member, by=BY_GROUPS)
                raise Denied("sign_on", "None of your groups at the identity provider has access here.")
            if member is None:
                await self._members.add(organization_id, person, role=role, by=BY_GROUPS)
            elif member.role is not role:
                await self._members.change(organization_id, member, role=role, by=BY_GROUPS)
        except Conflict as error:
            if error.code != "last_administrator":
                raise
