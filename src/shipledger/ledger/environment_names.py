"""What tells environments apart: their names, and the other names that an organization says they have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Environment


class EnvironmentNames(Struct, frozen=True, dict=True):
    """The environments that have several names.

    ``aliases``: for another name, as ``name_key`` writes it, the name that it stands for. That may be another name, too. Names
    that lead to themselves stand for nothing.
    """

    aliases: Mapping[str, str] = {}

    def find(self, name: str) -> str | None:
        """The name of the environment that ``name`` is another name of, or None."""
        return self._ends.get(name_key(name)) if self.aliases else None

    def call(self, name: str) -> str:
        """The name of the environment that ``name`` means, as the organization writes it."""
        return self._texts.get(self.key_of(name), name) if self.aliases else name

    def key_of(self, name: str) -> str:
        """What tells the environment that ``name`` means apart from others. A key is the same as its name."""
        key = name_key(name)
        end = self._ends.get(key) if self.aliases else None
        return key if end is None else name_key(end)

    def list_keys(self, name: str) -> list[str]:
        """The keys of all names of the environment that ``name`` means."""
        key = self.key_of(name)
        return self.groups.get(key, [key])

    def list_words(self, name: str) -> tuple[str, ...]:
        """What a search may look for instead of ``name``: itself, and the keys of all names of its environment."""
        return tuple(dict.fromkeys((name, *self.list_keys(name))))

    def has_several(self, name: str) -> bool:
        """Whether the environment that ``name`` means has other names."""
        return bool(self.aliases) and self.key_of(name) in self.groups

    @cached_property
    def groups(self) -> Mapping[str, list[str]]:
        """The keys of all names of each environment that has several, in order, by that of its name."""
        found: dict[str, list[str]] = {}
        for key, end in self._ends.items():
            canonical = name_key(end)
            found.setdefault(canonical, [canonical]).append(key)
        return {canonical: sorted(keys) for canonical, keys in found.items()}

    @property
    def astray(self) -> list[str]:
        """The keys that lead to themselves, or to some that do."""
        return [key for key in self.aliases if key not in self._ends]

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """How the names of these environments are written, by their keys."""
        return {name_key(end): end for _, end in sorted(self._ends.items(), reverse=True)}

    @cached_property
    def _ends(self) -> Mapping[str, str]:
        """For each other name, the name that it stands for in the end."""
        ends: dict[str, str | None] = {}
        for start in self.aliases:
            passed: dict[str, None] = {}
            key, end = start, None
            while key in self.aliases and key not in ends and key not in passed:
                passed[key] = None
                end = self.aliases[key]
                key = name_key(end)
            ends.update(dict.fromkeys(passed, None if key in passed else ends.get(key, end)))
        return {key: end for key, end in ends.items() if end is not None}


NO_NAMES = EnvironmentNames()
"""Each name is an environment of its own."""


def name_key(name: str) -> str:
    """The name of an environment as it compares: without case and surrounding spaces; a UUID without braces."""
    return bare_uuid(name.strip()).casefold()


def is_in(environment: Environment | None, wanted: str, names: EnvironmentNames) -> bool:
    """Whether ``wanted`` is the id of an environment, or one of its names."""
    if environment is None:
        return False
    return bare_uuid(environment.id) == bare_uuid(wanted) or names.key_of(environment.name) == names.key_of(wanted)
