"""What people call an actor. Entries name actors by id, so that a name can change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from shipledger.access.credential import Credential
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.verbs.browsing import PersonBrowsing
from shipledger.verbs.person_names import find_person_names

LEDGER_ITSELF = "the ledger itself"

NOBODY = "page"
"""The id of whoever used a page of a version without accounts."""

FORMER_PERSON = "somebody on these pages, before there were accounts"


class Reader(PersonBrowsing, Protocol):
    """What of the ledger is asked."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential with this id, revoked or not, or None."""


async def find_actor_names(ledger: Reader, organization_id: str, actors: Iterable[Actor | None]) -> dict[str, str]:
    """The names, by id, of persons and credentials among ``actors``. What is gone is left out."""
    known = [one for one in actors if one is not None]
    credentials = sorted({one.id for one in known if one.kind is ActorKind.CREDENTIAL})
    found = [await ledger.find_credential(organization_id, one) for one in credentials]
    names = {one.credential_id: one.name for one in found if one is not None}
    return {**names, **await find_person_names(ledger, known)}


def actor_name(actor: Actor | None, names: Mapping[str, str]) -> str:
    """Who caused an entry. ``names`` of credentials and persons are by id."""
    if actor is None:
        return "an earlier version"
    words = {
        ActorKind.CREDENTIAL: names.get(actor.id, "a deleted credential"),
        ActorKind.COMMAND: f"an operator, with shipledger {actor.id}",
        ActorKind.DUTY: LEDGER_ITSELF,
        ActorKind.MIGRATION: "an upgrade, from what was there before",
        ActorKind.PERSON: names.get(actor.id, FORMER_PERSON if actor.id == NOBODY else "a deleted account"),
    }
    return words[actor.kind]
