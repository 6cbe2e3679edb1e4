"""The names of people who did something. Entries name them by id, so that a name can change."""

from __future__ import annotations

from collections.abc import Iterable

from shipledger.ledger.actor import Actor, ActorKind
from shipledger.verbs.browsing import PersonBrowsing


async def find_person_names(ledger: PersonBrowsing, actors: Iterable[Actor | None]) -> dict[str, str]:
    """The name of each person among ``actors``, by id. Who has no account any more is left out."""
    ids = {one.id for one in actors if one is not None and one.kind is ActorKind.PERSON}
    found = [await ledger.find_person(one) for one in sorted(ids)]
    return {one.person_id: one.name for one in found if one is not None}
