"""All protocols; the only file that lists them. A new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from shipledger.access.grant import Scope
from shipledger.protocols.app_installing import AppInstalling
from shipledger.protocols.datadog.declaration import DATADOG
from shipledger.protocols.declaration import CredentialKind, Declaration, Parts
from shipledger.protocols.iftrue.declaration import IFTRUE
from shipledger.protocols.jira.declaration import JIRA
from shipledger.protocols.native.declaration import NATIVE
from shipledger.protocols.opsgenie.declaration import OPSGENIE
from shipledger.reporting.reporter import Reporter
from shipledger.settings import Settings, join_settings, read_settings

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol

PROTOCOLS: tuple[Declaration, ...] = (
    OPSGENIE,
    NATIVE,
    IFTRUE,
    DATADOG,
    JIRA,
)

SUGGESTED_KIND = OPSGENIE.credential_kinds[0].name
"""What advice to somebody without any credential names: the API that most CI systems and monitors can be pointed at."""


def build_protocols(parts: Parts) -> tuple[VendorProtocol, ...]:
    """All protocols, ready to be routed to."""
    return tuple(protocol.build(parts) for protocol in PROTOCOLS)


def list_kinds() -> Sequence[CredentialKind]:
    """The kinds of credentials of all protocols."""
    return tuple(kind for protocol in PROTOCOLS for kind in protocol.credential_kinds)


def find_kind(name: str) -> CredentialKind | None:
    """The kind with this name; None where this version has none."""
    return next((kind for kind in list_kinds() if kind.name == name), None)


def list_scopes() -> Mapping[str, str]:
    """What ``credential create --scope`` takes, and the right that each word stands for: ours, then those of protocols."""
    return {**{scope.value: scope.value for scope in Scope}, **{k: v for one in PROTOCOLS for k, v in one.scopes.items()}}


def list_companions(kind: str, credential_id: str) -> Sequence[str]:
    """The ids of the credentials that are revoked with one; none for a kind that this version does not know."""
    found = find_kind(kind)
    return () if found is None else found.list_companions(credential_id)


def list_reporters() -> Sequence[Reporter]:
    """How ``shipledger record`` can deliver, the preferred way first."""
    return sorted((one.reporter for one in PROTOCOLS if one.reporter), key=lambda reporter: not reporter.is_preferred)


def get_app_installing() -> AppInstalling:
    """The apps that ``shipledger connect`` installs."""
    return next(protocol.apps for protocol in PROTOCOLS if protocol.apps is not None)


@cache
def settings_type() -> type[Settings]:
    """Our settings and those of all protocols."""
    return join_settings(protocol.settings for protocol in PROTOCOLS if protocol.settings)


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of the program and of all protocols. See ``read_settings``."""
    return read_settings(settings_type(), environment, **overrides)
