"""Say that names of environments mean one environment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from shipledger.catalog.tiers import TierPolicy, pin_key
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.environment_names import EnvironmentNames, name_key
from shipledger.texts import STEERING, indexable, show, storable

NAME_LIMIT = 255
"""Characters of a name. One of more bytes than an index holds is too long, too."""
NAMES_LIMIT = 200
"""Names of one environment: a list of its deployments reads as many indexes."""
ALIASES_LIMIT = 10_000
"""Other names of an organization: whatever depends on names reads them all."""


def alias(policy: TierPolicy, name: str, environment: str) -> TierPolicy:
    """``policy`` with ``name`` as another name of ``environment``, whatever it meant before. Raises Invalid."""
    key, target = _read_name(name), _read_target(environment)
    if key == name_key(target):
        raise Invalid(
            "environment", f"{_quote(name)} and {_quote(environment)} are one name: case and surrounding spaces do not matter."
        )
    if key in _list_passed(policy.aliases, target):
        raise Invalid(
            "environment",
            f"{_quote(environment)} is another name of {_quote(name)}; rename the environment to turn that around.",
        )
    return replace(policy, aliases={**policy.aliases, key: target})


def unalias(policy: TierPolicy, name: str) -> TierPolicy:
    """``policy`` with ``name`` as an environment of its own. Raises Invalid, and NotFound if it is that already."""
    key = _read_name(name)
    if key not in policy.aliases:
        others = [one for one in policy.names.list_keys(name) if one != key]
        hint = f"; its other names are {', '.join(map(_quote, others[:10]))}" if others else ""
        raise NotFound("alias_not_found", f"{_quote(name)} is not another name of an environment{hint}.")
    return replace(policy, aliases={one: meant for one, meant in policy.aliases.items() if one != key})


def rename(policy: TierPolicy, environment: str, name: str, *, known: Collection[str]) -> TierPolicy:
    """``policy`` with ``name`` as the name of ``environment``, whose names until now stay names of it, and with its tier.

    ``known``: the keys of the names that deployments have. Raises NotFound if there is no such environment, and Invalid.
    """
    old, target = _read_name(environment), _read_target(name)
    new, names = name_key(target), policy.names
    written = {one: target if name_key(meant) == new else meant for one, meant in policy.aliases.items()}
    if old == new:
        if written == policy.aliases:
            raise Invalid("name", f"{_quote(environment)} is shown as its senders write it until it has other names.")
        return replace(policy, aliases=written)
    meant = names.find(environment)
    if meant is not None:
        raise Invalid("environment", f"{_quote(environment)} is another name of {_quote(meant)}; rename that one.")
    if old not in known and old not in names.groups:
        raise NotFound("environment_not_found", f"There is no environment {_quote(environment)}.")
    if names.key_of(name) != old and (new in known or new in policy.aliases or new in names.groups):
        raise Invalid(
            "name", f"There is an environment {_quote(name)} already; say that {_quote(environment)} is another name of it."
        )
    pins = dict(policy.pins)
    tier = pins.pop(pin_key(environment), None)
    if tier is not None:
        pins[pin_key(target)] = tier
    kept = {one: meant for one, meant in written.items() if one != new}
    return replace(policy, pins=pins, aliases={**kept, old: target})


def finish(policy: TierPolicy, before: TierPolicy) -> TierPolicy:
    """``policy``, made of ``before`` by the above, with each environment written in one way. Raises Invalid if it cannot be."""
    if policy.aliases == before.aliases:
        return policy
    fault = find_fault(policy.aliases)
    if fault:
        raise Invalid("environment", fault)
    said = set(policy.aliases.values())
    written: dict[str, str] = {}
    for meant in (*(one for one in before.aliases.values() if one in said), *policy.aliases.values()):
        written.setdefault(name_key(meant), meant)
    return replace(policy, aliases={one: written[name_key(meant)] for one, meant in policy.aliases.items()})


def find_fault(aliases: Mapping[str, str]) -> str:
    """Why names cannot stand for others like this, as a sentence; "" if they can."""
    names = EnvironmentNames(aliases)
    if names.astray:
        return f"{_quote(names.astray[0])} would be another name of itself."
    if len(aliases) > ALIASES_LIMIT:
        return f"An organization may have at most {ALIASES_LIMIT:,} other names of environments."
    longest = max(names.groups, key=lambda one: len(names.groups[one]), default="")
    if len(names.groups.get(longest, ())) > NAMES_LIMIT:
        return f"An environment may have at most {NAMES_LIMIT} names; {_quote(longest)} would have more."
    return ""


def _read_name(text: str) -> str:
    """The key of a name that senders may use, whatever characters it has. Raises Invalid."""
    if not text.strip():
        raise Invalid("environment", "Name an environment.")
    if len(text) > NAME_LIMIT or indexable(text) != storable(text):
        raise Invalid("environment", f"The name of an environment may have at most {NAME_LIMIT} characters.")
    return name_key(storable(text))


def _read_target(text: str) -> str:
    """A name that the ledger is to show. Raises Invalid."""
    _read_name(text)
    target = storable(text.strip())
    if STEERING.search(target):
        raise Invalid("environment", f"{_quote(text)} has characters that are not shown, or reverse what follows.")
    return target


def _list_passed(aliases: Mapping[str, str], name: str) -> Collection[str]:
    """The names that a name leads to, with itself."""
    passed: dict[str, None] = {}
    key = name_key(name)
    while key not in passed:
        passed[key] = None
        key = name_key(aliases.get(key, key))
    return passed


def _quote(name: str) -> str:
    return f"“{show(name.strip())}”"
