"""What the settings of the installation say where an organization has set nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import structs

from shipledger.catalog.issue_keys import read_words
from shipledger.catalog.organization_settings.declared import (
    DENIED_PROJECTS,
    GATE_TIMEOUT,
    ISSUE_KEYS_IN,
    OUTBOX_RETENTION,
    RECEIPT_RETENTION,
    REFUSED_RETENTION,
    SILENCE_LIMIT,
    SOURCES,
)
from shipledger.catalog.organization_settings.model import Value
from shipledger.catalog.silence_limits import read_silence_limits
from shipledger.errors import Invalid
from shipledger.settings import Settings

_NAMES = {DENIED_PROJECTS: "jira_denied_projects"}
"""What the installation calls them where it has another name."""

_COMES = {field.name: field.default for field in structs.fields(Settings)}


class InstallationSettings:
    """See ``in_force.Installation``. Raises Invalid when the settings are."""

    def __init__(self, settings: Settings) -> None:
        self._limits = read_silence_limits(settings.silence_limit_hours, settings.silence_limits)
        self._values = {key: read(getattr(settings, _NAMES.get(key, key))) for key, read in _READERS.items()}

    def find(self, key: str, names: Sequence[str]) -> Value | None:
        """What an operator has set; None for what is as it comes."""
        if key == SILENCE_LIMIT and (rule := self._limits.find_rule(names)) is not None:
            return rule.hours
        value = self._values.get(key)
        return None if value == self.default_of(key) else value

    def default_of(self, key: str) -> Value | None:
        """What counts if an operator has set nothing."""
        return _READERS[key](_COMES[_NAMES.get(key, key)]) if key in _READERS else None


def read_sources(text: str) -> tuple[str, ...]:
    """The places that are separated by commas, each once. Raises Invalid."""
    words = text.replace(",", " ").lower().split()
    for word in words:
        if word not in SOURCES:
            raise Invalid("settings", f"issue_keys_in has {word!r}; write some of {', '.join(SOURCES)}, separated by commas.")
    return tuple(word for word in SOURCES if word in words)


def _read_projects(text: str) -> tuple[str, ...]:
    return tuple(sorted(read_words(text)))


_READERS: Mapping[str, Callable[[Any], Value]] = {
    DENIED_PROJECTS: _read_projects,
    ISSUE_KEYS_IN: read_sources,
    SILENCE_LIMIT: float,
    GATE_TIMEOUT: float,
    RECEIPT_RETENTION: float,
    OUTBOX_RETENTION: float,
    REFUSED_RETENTION: float,
}
"""What makes values of the organization's form of those of the installation."""
