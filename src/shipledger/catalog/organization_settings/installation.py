"""What the settings of the installation say where an organization has set nothing."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from shipledger.catalog.organization_settings.declared import GATE_TIMEOUT, SILENCE_LIMIT
from shipledger.catalog.organization_settings.model import Value
from shipledger.catalog.silence_limits import read_silence_limits
from shipledger.settings import Settings

_DEFAULTS = {field.name: field.default for field in structs.fields(Settings)}


class InstallationSettings:
    """See ``in_force.Installation``. Raises Invalid when the settings are."""

    def __init__(self, settings: Settings) -> None:
        self._limits = read_silence_limits(settings.silence_limit_hours, settings.silence_limits)
        self._values = {SILENCE_LIMIT: settings.silence_limit_hours, GATE_TIMEOUT: settings.gate_timeout_hours}

    def find(self, key: str, names: Sequence[str]) -> Value | None:
        """What an operator has set; None for what is as it comes."""
        if key == SILENCE_LIMIT and (rule := self._limits.find_rule(names)) is not None:
            return rule.hours
        value = self._values.get(key)
        return None if value is None or value == _DEFAULTS[key] else float(value)

    def default_of(self, key: str) -> Value | None:
        """What counts if an operator has set nothing."""
        return float(_DEFAULTS[key]) if key in self._values else None
