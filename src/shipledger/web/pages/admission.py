"""Who may see a page: gates, of which the last one makes the viewer."""

from __future__ import annotations

import contextlib

from starlette.requests import Request

from shipledger.access.people.doorkeeper import Visit
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Right, rights_of
from shipledger.catalog.organization import Organization
from shipledger.errors import Denied, Unavailable
from shipledger.http.budget import READERS, account_of
from shipledger.http.viewer import Viewer, keep_viewer, viewer_of
from shipledger.verbs.browsing import OrganizationBrowsing
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.first_account import FirstAccount
from shipledger.web.pages.open_reading import OpenReading
from shipledger.web.pages.visiting import SIGNED_OUT, Visiting

ORGANIZATION = "organization"
"""The parameter by which a link says whose pages it leads to."""


class Admission:
    """Lets requests in."""

    def __init__(
        self,
        access: PageAccess,
        visiting: Visiting,
        ledger: OrganizationBrowsing,
        open_reading: OpenReading,
        first: FirstAccount,
    ) -> None:
        self._access = access
        self._visiting = visiting
        self._ledger = ledger
        self._open_reading = open_reading
        self._first = first

    async def admit_anyone(self, request: Request) -> None:
        """Let in whoever asks where there are pages. Raises NotFound and Denied."""
        self._access.require_pages(request)

    async def admit_reader(self, request: Request) -> None:
        """Let in who may read something, and thereby finds room for a form while strangers have none. Raises as above."""
        self._access.require_pages(request)
        if await self._visiting.find(request) is None and await self._open_reading.find(request) is None:
            raise Denied(SIGNED_OUT, "Sign in to see this page.")
        account_of(request).belong_to(READERS)

    async def admit_person(self, request: Request) -> None:
        """Let in who is signed in, whatever organization they belong to. Raises as above."""
        self._access.require_pages(request)
        if await self._visiting.find(request) is None:
            raise Denied(SIGNED_OUT, "Sign in to see this page.")
        account_of(request).belong_to(READERS)

    async def admit_viewer(self, request: Request) -> None:
        """Let in whoever may read the organization that the session shows, or that everybody may read. Raises as above."""
        await self.admit_reader(request)
        visit = await self._visiting.find(request)
        if visit is None:
            found = await self._open_reading.find(request)
            if found is None:
                raise Denied(SIGNED_OUT, "Sign in to see this page.")
            keep_viewer(request, Viewer(found.organization_id, frozenset({Right.READ.value}), found.slug))
            return
        organization, member = await self._choose(request, visit)
        viewer = Viewer(
            organization_id=organization.organization_id,
            rights=frozenset(right.value for right in rights_of(member.role, member.team_roles)),
            organization=organization.slug,
            person=visit.person,
            member=member,
        )
        keep_viewer(request, viewer)

    async def admit_member(self, request: Request) -> None:
        """The same, but nobody who is not signed in: who somebody is, and did, is no matter of a screen on a wall."""
        await self.admit_viewer(request)
        if viewer_of(request).person is None:
            raise Denied(SIGNED_OUT, "Sign in to see this page.")

    async def _choose(self, request: Request, visit: Visit) -> tuple[Organization, Member]:
        """The organization that a link names, else that which the session shows, else the host's, else the first.

        Raises Denied.
        """
        named = await self._find_named(request, visit.person)
        if named is not None:
            return await self._show(visit, named)
        shown, person_id = visit.session.organization_id, visit.person.person_id
        found = await self._ledger.find_membership(shown, person_id) if shown else None
        if found is not None:
            return found
        memberships = await self._ledger.list_memberships(person_id)
        if not memberships and await self._first.finish(visit.person):
            memberships = await self._ledger.list_memberships(person_id)
        if not memberships:
            raise Denied("no_membership", "You belong to no organization here any more. Ask an administrator to add you.")
        of_host = (one for one in memberships if one[0].slug == self._open_reading.slug_at(request))
        return await self._show(visit, next(of_host, memberships[0]))

    async def _find_named(self, request: Request, person: Person) -> tuple[Organization, Member] | None:
        """The organization whose slug is in the address, if the person belongs to it."""
        slug = request.query_params.get(ORGANIZATION, "").replace("\0", "")
        organization = await self._ledger.find_organization(slug) if slug else None
        if organization is None:
            return None
        return await self._ledger.find_membership(organization.organization_id, person.person_id)

    async def _show(self, visit: Visit, chosen: tuple[Organization, Member]) -> tuple[Organization, Member]:
        """The organization that the session shows from now on."""
        if chosen[0].organization_id != visit.session.organization_id:
            with contextlib.suppress(Unavailable):  # who reads can do so while the disk is full
                await self._visiting.doorkeeper.show_organization(visit, chosen[0].organization_id)
        return chosen
