"""The organization that everybody may read without signing in, such as a screen on a wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request

from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.catalog.organization_settings.declared import EVERYBODY, READERS
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, ScopeSettings
from shipledger.found import Found
from shipledger.settings import Settings, parse_hosts

REMEMBERED_SECONDS = 2.0
"""How long an organization that was closed may still be read."""


class Reader(Protocol):
    """What of the ledger is asked."""

    async def find_organization(self, slug: str) -> Organization | None:
        """The organization with this slug, or None."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set in an organization, for each scope that has settings of its own."""


class OpenReading:
    """Knows the organization of a host name: that of ``organization_hosts``, else the default one."""

    def __init__(self, ledger: Reader, settings: Settings, monotonic: Callable[[], float]) -> None:
        self._ledger = ledger
        self._slugs = parse_hosts(settings.organization_hosts)
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Organization | None]] = {}

    def slug_at(self, request: Request) -> str:
        """The slug of the organization that the host name of a request means."""
        return self._slugs.get((request.url.hostname or "").lower(), DEFAULT_SLUG)

    async def find(self, request: Request) -> Organization | None:
        """The organization at this host name, if everybody may read it; else None."""
        slug = self.slug_at(request)
        known = self._known.get(slug)
        if known is not None and self._monotonic() < known[0]:
            return known[1]
        until = self._monotonic() + REMEMBERED_SECONDS
        organization = await self._ledger.find_organization(slug)
        is_open = organization is not None and await self._is_open(organization.organization_id)
        self._known[slug] = until, (organization if is_open else None)
        return self._known[slug][1]

    async def _is_open(self, organization_id: str) -> bool:
        for one in await self._ledger.list_settings(organization_id):
            if one.scope == WHOLE_ORGANIZATION and READERS in one.values:
                return one.values[READERS].value == EVERYBODY
        return False
