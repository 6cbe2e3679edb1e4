"""The environments that deployments went to, as pages offer them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from shipledger.texts import without_case


class EnvironmentChoice(Struct, frozen=True):
    """An environment by its id, or by its name if several ids have that: some senders make an id for each run."""

    value: str
    name: str
    tier: str
    is_by_name: bool


def list_choices(known: Iterable[tuple[str, str, str]]) -> list[EnvironmentChoice]:
    """Each of ``known`` (id, name, tier), in their order; those that share a name, without case of a to z, once for each tier."""
    found = list(known)
    ids: dict[str, set[str]] = {}
    for environment_id, name, _ in found:
        ids.setdefault(without_case(name), set()).add(environment_id)
    choices: dict[tuple[str, ...], EnvironmentChoice] = {}
    for environment_id, name, tier in found:
        is_by_name = bool(name) and len(ids[without_case(name)]) > 1
        key = ("", without_case(name), tier) if is_by_name else (environment_id, name, tier)
        choices.setdefault(key, EnvironmentChoice(name if is_by_name else environment_id, name, tier, is_by_name))
    return list(choices.values())
