"""Read settings as they are in force, and who changed them: the rules shared by all interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from shipledger.catalog.organization_settings.declared import SETTINGS, Setting
from shipledger.catalog.organization_settings.in_force import InForce, Installation, Place, Step, find_in_force, index, trace
from shipledger.catalog.organization_settings.model import (
    KIND,
    WHOLE_ORGANIZATION,
    ScopeKind,
    ScopeSettings,
    SettingScope,
)
from shipledger.catalog.service import Service
from shipledger.errors import Invalid, NotFound
from shipledger.found import Found, whole
from shipledger.ledger.aggregate import RecordEntry
from shipledger.texts import storable

NAME_LIMIT = 255


class NamedScope(Struct, frozen=True):
    """A scope, where what it inherits is looked up, and how people call it."""

    scope: SettingScope
    place: Place
    words: str


class SettingReader(Protocol):
    """What of a store is asked."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set, for each scope."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name, or None."""

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        """The team of every service that has one, by the service's name without case."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[Any]:
        """All entries of a record, in order."""


class SettingsReader:
    """The settings of organizations, to be read. ``installation`` is what counts where an organization has set nothing."""

    def __init__(self, store: SettingReader, installation: Installation) -> None:
        self._store = store
        self._installation = installation

    async def find_scope(self, organization_id: str, kind: ScopeKind, name: str) -> NamedScope:
        """The scope that a person names: a team that a service has, a service in any of its names, any pipeline.

        Raises NotFound, and Invalid for what can be no name.
        """
        text = storable(name.strip())
        if kind is ScopeKind.ORGANIZATION:
            return NamedScope(WHOLE_ORGANIZATION, Place(), str(kind))
        if not 0 < len(text) <= NAME_LIMIT:
            raise Invalid("scope", f"The name of a {kind} has 1 to {NAME_LIMIT} characters.")
        if kind is ScopeKind.SERVICE:
            service = await self._find_service(organization_id, text)
            teams = (service.draft.team_id,) if service.draft.team_id else ()
            place = Place(service_ids=(service.service_id,), teams=teams, names=(service.name,))
            return NamedScope(SettingScope(kind, service.service_id), place, f"{kind} {service.name}")
        if kind is ScopeKind.PIPELINE:
            return NamedScope(SettingScope(kind, text), Place(pipelines=(text,), names=(text,)), f"{kind} {text}")
        known = sorted({*(await self._store.list_teams(organization_id)).values()})
        team = next((one for one in known if one.casefold() == text.casefold()), None)
        if team is None:
            wish = f"the teams are {', '.join(known)}" if known else "no service has a team yet"
            raise NotFound("team", f"There is no team {text!r}; {wish}.")
        return NamedScope(SettingScope(kind, team), Place(teams=(team,)), f"{kind} {team}")

    async def list_in_force(self, organization_id: str, place: Place, *, key: str = "") -> list[InForce]:
        """Each setting, or that with a key, as it counts at a place."""
        held = index(whole(await self._store.list_settings(organization_id)))
        wanted = [get_setting(key)] if key else SETTINGS.values()
        return [find_in_force(one, place, held, self._installation) for one in wanted]

    async def trace(self, organization_id: str, place: Place, key: str) -> list[Step]:
        """What everybody says about a setting whose value could count at a place, who counts most first. Raises Invalid."""
        held = index(whole(await self._store.list_settings(organization_id)))
        return trace(get_setting(key), place, held, self._installation)

    async def list_changes(self, organization_id: str, scope: SettingScope) -> Sequence[RecordEntry]:
        """The entries about one scope, oldest first."""
        return await self._store.list_entries_of(KIND, organization_id, scope.key)

    async def name_source(self, organization_id: str, one: InForce | Step) -> str:
        """Where a value comes from, as people call it."""
        if isinstance(one.source, str):
            return one.source
        if one.source.kind is not ScopeKind.SERVICE:
            return f"{one.source.kind} {one.source.name}".strip()
        service = await self._store.find_service(organization_id, one.source.name)
        return f"service {one.source.name if service is None else service.name}"

    async def _find_service(self, organization_id: str, name: str) -> Service:
        found = (await self._store.find_named_services(organization_id, [name])).get(name)
        service = None if found is None else await self._store.find_service(organization_id, found)
        if service is None:
            raise NotFound("service", f"There is no service {name!r}.")
        return service


def get_setting(key: str) -> Setting:
    """The setting with a key. Raises Invalid that names them all."""
    if key not in SETTINGS:
        raise Invalid("setting", f"There is no setting {key!r}; the settings are {', '.join(SETTINGS)}.")
    return SETTINGS[key]
