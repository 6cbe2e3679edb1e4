"""What an entry of a service says, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import UNSET

from shipledger.catalog.services.model import ChangeService, DeclareService, MergeService, RemoveService, ServiceFacts
from shipledger.catalog.services.relation import Relation, RelationKind

_FACTS = (("name", "name"), ("description", "description"), ("team_id", "team"), ("visibility", "visibility"), ("tags", "tags"))

_RELATED = {RelationKind.DEPENDS_ON: "Depends on", RelationKind.CONTAINS: "Contains"}
_UNRELATED = {RelationKind.DEPENDS_ON: "No longer depends on", RelationKind.CONTAINS: "No longer contains"}


def describe(said: Any, called: Mapping[str, str] = {}) -> tuple[str, ...]:
    """One short sentence for each thing that a submission changed; of an erased one only that.

    ``called``: the names of other services by their ids, as far as they are there.
    """
    if isinstance(said, DeclareService):
        first = f"Created as {said.name}" + (", since a report named it." if said.is_named else ".")
        given = _without_defaults(said.facts)
        return (first, *_describe_facts(given), *_list("Also called", said.names), *_list("Mapped", said.repositories))
    if isinstance(said, ChangeService):
        return (
            *_describe_facts(said.facts),
            *_list("Also called", said.add_names),
            *_list("No longer called", said.remove_names),
            *_list("Mapped", said.map),
            *_list("Unmapped", said.unmap),
            *_describe_relations(_RELATED, said.relate, called),
            *_describe_relations(_UNRELATED, said.unrelate, called),
        )
    if isinstance(said, MergeService):
        return (f"Merged into {called.get(said.into, f'the service {said.into}')}.",)
    return ("Deleted.",) if isinstance(said, RemoveService) else ("Erased.",)


def _without_defaults(facts: ServiceFacts) -> ServiceFacts:
    """``facts`` without what every new service has."""
    tags, team, text = facts.tags or UNSET, facts.team_id or UNSET, facts.description or UNSET
    return ServiceFacts(tags=tags, team_id=team, description=text)


def _describe_facts(facts: ServiceFacts) -> list[str]:
    said = [(word, getattr(facts, name)) for name, word in _FACTS]
    return [_describe_fact(word, value) for word, value in said if value is not UNSET]


def _describe_fact(word: str, value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    return f"{word.capitalize()} set to “{text}”." if text else f"{word.capitalize()} taken away."


def list_related_ids(said: Any) -> tuple[str, ...]:
    """The ids of the services that a submission relates to another one, or no longer does."""
    if isinstance(said, MergeService):
        return (said.into,)
    return tuple(one.service_id for one in (*said.relate, *said.unrelate)) if isinstance(said, ChangeService) else ()


def _describe_relations(
    verbs: Mapping[RelationKind, str], relations: Iterable[Relation], called: Mapping[str, str]
) -> Iterator[str]:
    for one in relations:
        yield f"{verbs[one.kind]} {called.get(one.service_id, f'the service {one.service_id}')}."


def _list(verb: str, names: tuple[str, ...]) -> list[str]:
    return [f"{verb} {name}." for name in dict.fromkeys(names)]
