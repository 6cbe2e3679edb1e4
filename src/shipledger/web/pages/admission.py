"""Who may see a page: three gates, of which the last one makes the viewer."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from shipledger.access.grant import Scope
from shipledger.catalog.organization import Organization
from shipledger.errors import NotFound
from shipledger.http.budget import READERS, account_of
from shipledger.http.viewer import Viewer, keep_viewer
from shipledger.web.pages.access import PageAccess


class FindsOrganizations(Protocol):
    """Who knows the organizations."""

    async def find_organization(self, slug: str) -> Organization | None:
        """The organization with this slug, or None."""


class Admission:
    """Lets requests in. ``slug`` is that of the organization whose pages everybody sees who has the secret."""

    def __init__(self, access: PageAccess, organizations: FindsOrganizations, *, slug: str) -> None:
        self._access = access
        self._organizations = organizations
        self._slug = slug

    async def admit_anyone(self, request: Request) -> None:
        """Let in whoever asks where there are pages. Raises NotFound and Denied."""
        self._access.require_pages(request)

    async def admit_reader(self, request: Request) -> None:
        """Let in who presents the secret, and thereby finds room for a form while strangers have none. Raises as above."""
        self._access.require_reader(request)
        account_of(request).belong_to(READERS)

    async def admit_viewer(self, request: Request) -> None:
        """Let in a reader of the organization. Raises as above, and NotFound if there is none with that slug."""
        await self.admit_reader(request)
        found = await self._organizations.find_organization(self._slug)
        if found is None:
            raise NotFound("organization", f"There is no organization {self._slug!r}. Set pages_organization to the one to show.")
        viewer = Viewer(organization_id=found.organization_id, rights=frozenset(Scope), organization=self._slug)
        keep_viewer(request, viewer)
