"""The ledger, opened for a command."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from shipledger.access.credential import Credential
from shipledger.access.people.link import link_path
from shipledger.access.sealing import Seal
from shipledger.access.tokens import TokenKeys
from shipledger.catalog.directory import Directory
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.organization_settings.installation import InstallationSettings
from shipledger.catalog.repository_names import RepositoryNames
from shipledger.catalog.service import Service
from shipledger.catalog.service_merging import ServiceMerging
from shipledger.cli.server_address import base_of
from shipledger.clock import Clock
from shipledger.errors import NotFound
from shipledger.ingestion.adopting import adopt_former_records
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.registry import load_settings
from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.store.key_agreement import agree_on_keys
from shipledger.store.key_file import sealing_keys_of
from shipledger.store.nodes.contract import keep_time
from shipledger.store.open import open_store_of

if TYPE_CHECKING:
    from shipledger.access.people.members import Members
    from shipledger.access.people.tokens import PersonalTokens
    from shipledger.protocols.credential_desk import CredentialDesk

T = TypeVar("T")

_PAGE = 500


class OpenLedger:
    """The store and its directory. A server may run at the same time."""

    def __init__(self, *, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self._aliases = read_host_aliases(settings.repository_host_aliases)
        self.directory = Directory(store, clock, self, aliases=self._aliases)
        self.merging = ServiceMerging(store, clock, self, self.directory)
        self.repository_names = RepositoryNames(store, self, aliases=self._aliases)

    async def ask(self, organization_id: str, submissions: Sequence[Any], *, operation: str, actor: Actor) -> tuple[Verdict, ...]:
        """See ``ledger.asking.Asks``."""
        return await self._asks.ask(organization_id, submissions, operation=operation, actor=actor)

    @cached_property
    def _asks(self) -> Asks:
        """Who has something recorded and settled at once, whether a server runs or not."""
        from shipledger.ingestion.at_once import AskingStore

        return AskingStore(self.store, self.clock, aliases=self._aliases)

    @cached_property
    def organization_settings(self) -> SettingsDesk:
        """The settings of organizations, over those of the installation."""
        return SettingsDesk(self.store, self, InstallationSettings(self.settings))

    @cached_property
    def members(self) -> Members:
        """The people of organizations."""
        from shipledger.access.people.doorkeeper import Doorkeeper
        from shipledger.access.people.members import Members
        from shipledger.access.people.passwords import Passwords
        from shipledger.access.people.sign_in_limits import SignInLimits

        doorkeeper = Doorkeeper(self.store, self.clock, Passwords(), SignInLimits(time.monotonic))
        return Members(self.store, doorkeeper, self, self.clock)

    @cached_property
    def personal_tokens(self) -> PersonalTokens:
        """The tokens of people."""
        from shipledger.access.people.tokens import PersonalTokens

        return PersonalTokens(self.store, self.clock, self, time.monotonic)

    @cached_property
    def credentials(self) -> CredentialDesk:
        """Where credentials are issued, replaced and ended."""
        from shipledger.protocols.credential_desk import CredentialDesk

        return CredentialDesk(self.store, self.clock, self, self, new_randomness=self.new_randomness)

    def link_to(self, secret: str, organization: str) -> str:
        """The address at which the link with this secret opens; "" for none. Raises Invalid if the server's port is unknown."""
        return f"{base_of(self.settings).rstrip('/')}{link_path(secret, organization)}" if secret else ""

    async def get_organization(self, slug: str) -> Organization:
        """The organization with this slug; the default one is created on first use. Raises NotFound."""
        if slug == DEFAULT_SLUG:
            return await self.directory.ensure_default_organization()
        return await self.directory.get_organization(slug)

    async def load_seal(self) -> Seal:
        """The cipher with the ledger's key. Raises Conflict if the key is missing or not the ledger's."""
        keys = await self.load_keys()
        return Seal(lambda: sealing_keys_of(keys))

    async def load_keys(self) -> TokenKeys:
        """The token keys of the ledger. Raises what ``load_seal`` raises."""
        return await agree_on_keys(self.store, self.settings)

    async def get_credential(self, owner: Organization, credential_id: str) -> Credential:
        """A credential of an organization, revoked or not. Raises NotFound."""
        found = await self.store.find_credential(owner.organization_id, credential_id)
        if found is None:
            raise NotFound(
                "credential",
                f"There is no credential {credential_id!r} in the organization {owner.slug!r}; see `shipledger credential list`.",
            )
        return found

    async def get_service(self, organization_id: str, service: str) -> Service:
        """The service with this id, slug, name or further name. Raises NotFound."""
        further = await self.store.find_named_services(organization_id, [service])
        return await self.directory.get_service(organization_id, further.get(service, service))

    async def list_services(self, organization_id: str) -> list[Service]:
        """All services of an organization, by name."""
        services: list[Service] = []
        offset = 0
        while (page := await self.store.list_services(organization_id, offset=offset, limit=_PAGE)).total:
            services += page
            offset += page.total
        return services

    async def list_names_of_service(self, organization_id: str, service: str) -> frozenset[str]:
        """Whatever names the service with this id, slug or name, without case. Raises NotFound."""
        found = await self.get_service(organization_id, service)
        further = await self.store.list_service_names(organization_id)
        names = [one.name for one in further if one.service_id == found.service_id]
        return frozenset(name.casefold() for name in (found.service_id, found.slug, found.name, *names))

    async def name_actors(self, organization_id: str, entries: Sequence[Any]) -> dict[str, str]:
        """The names, by id, of persons and credentials that caused entries."""
        from shipledger.verbs.actor_names import find_actor_names

        return await find_actor_names(self.store, organization_id, [one.actor for one in entries])

    def new_randomness(self) -> bytes:
        """Randomness for one id."""
        return secrets.token_bytes(8)


@asynccontextmanager
async def open_ledger(
    database_url: str | None, *, finishing: Collection[str] = (), creates: bool = False
) -> AsyncIterator[OpenLedger]:
    """The ledger at ``database_url``, else the settings' one, migrated to the latest schema. Raises what ``open_store`` raises.

    Only commands that people start with set ``creates``.
    """
    settings = load_settings(database_url=database_url)
    store, clock = await open_store_of(settings, finishing=finishing, creates=creates), Clock()
    try:
        await keep_time(store, clock)
        ledger = OpenLedger(settings=settings, store=store, clock=clock)
        await adopt_former_records(store, ledger)
        yield ledger
    finally:
        await store.close()


def with_ledger(
    database_url: str | None,
    work: Callable[[OpenLedger], Awaitable[T]],
    *,
    finishing: Collection[str] = (),
    creates: bool = False,
) -> T:
    """The result of ``work``, run over the open ledger."""

    async def run() -> T:
        async with open_ledger(database_url, finishing=finishing, creates=creates) as ledger:
            return await work(ledger)

    return asyncio.run(run())
