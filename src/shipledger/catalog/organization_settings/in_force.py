"""Which value of a setting counts somewhere, and where it comes from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.organization_settings.declared import Setting
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, Held, ScopeKind, ScopeSettings, SettingScope, Value

INSTALLATION, DEFAULT = "installation", "default"


class Place(Struct, frozen=True):
    """For what the value is wanted: the most particular names first. ``service_ids`` and ``teams`` in the same order of services.

    ``names`` are all names by which the installation's own rules know the place: of its pipeline, repositories and services.
    """

    pipelines: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def scopes(self) -> list[SettingScope]:
        """Whose settings count there, the first that sets something wins."""
        named = (
            (ScopeKind.PIPELINE, self.pipelines),
            (ScopeKind.SERVICE, self.service_ids),
            (ScopeKind.TEAM, self.teams),
        )
        return [*(SettingScope(kind, name) for kind, names in named for name in names if name), WHOLE_ORGANIZATION]


ORGANIZATION = Place()


class Own(Struct, frozen=True):
    """A value that is set for a scope."""

    scope: SettingScope
    held: Held


class InForce(Struct, frozen=True):
    """``source``: the scope that sets it, or ``installation``, or ``default``. ``at`` and ``by``: when and by whom it was set."""

    setting: Setting
    value: Value | None
    source: SettingScope | str
    at: datetime | None = None
    by: str = ""


class Step(Struct, frozen=True):
    """What one says whose value could count. ``value`` None: nothing. The rest as in ``InForce``."""

    source: SettingScope | str
    value: Value | None
    at: datetime | None = None
    by: str = ""


class Installation(Protocol):
    """What counts where an organization has set nothing."""

    def find(self, key: str, names: Sequence[str]) -> Value | None:
        """What an operator has set for a place with these names; None for nothing."""

    def default_of(self, key: str) -> Value | None:
        """What counts if an operator has set nothing either; None where the setting itself says so."""


def index(found: Iterable[ScopeSettings]) -> dict[str, ScopeSettings]:
    """What is set in an organization, by scope."""
    return {one.scope.key: one for one in found}


def find_own(key: str, place: Place, held: Mapping[str, ScopeSettings]) -> Own | None:
    """What an organization, or a part of it, has set for a place; None for nothing."""
    for scope in place.scopes:
        found = held.get(scope.key)
        if found is not None and key in found.values:
            return Own(found.scope, found.values[key])
    return None


def find_in_force(setting: Setting, place: Place, held: Mapping[str, ScopeSettings], installation: Installation) -> InForce:
    """What counts at a place."""
    own = find_own(setting.key, place, held)
    if own is not None:
        return InForce(setting, own.held.value, own.scope, own.held.at, own.held.by)
    value = installation.find(setting.key, place.names)
    if value is not None:
        return InForce(setting, value, INSTALLATION)
    default = installation.default_of(setting.key)
    return InForce(setting, setting.default if default is None else default, DEFAULT)


def trace(setting: Setting, place: Place, held: Mapping[str, ScopeSettings], installation: Installation) -> list[Step]:
    """What everybody says whose value could count at a place; the first that says something is in force."""
    scopes = [_say(setting.key, scope, held.get(scope.key)) for scope in place.scopes if scope.kind in setting.scopes]
    default = installation.default_of(setting.key)
    return [
        *scopes,
        Step(INSTALLATION, installation.find(setting.key, place.names)),
        Step(DEFAULT, setting.default if default is None else default),
    ]


def _say(key: str, scope: SettingScope, found: ScopeSettings | None) -> Step:
    own = None if found is None else found.values.get(key)
    return Step(scope, None) if found is None or own is None else Step(found.scope, own.value, own.at, own.by)
