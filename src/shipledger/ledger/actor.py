"""Who caused an entry: by id and never by name, so that a name can change or be erased."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt

_SEPARATOR = ":"
_PERSONAL = "."
"""Between the id of a person and that of one of their tokens. Ids of other credentials have no such character."""
ASKER = "actor"
"""The parameter of a receipt of ours that names who asked, where it was no credential."""


class ActorKind(StrEnum):
    """What an actor's id is of. A command is one that an operator runs on the database itself."""

    PERSON = "person"
    CREDENTIAL = "credential"
    DUTY = "duty"
    COMMAND = "command"
    MIGRATION = "migration"


class Actor(Struct, frozen=True):
    """``id``: of the person or the credential, or the name of the duty, the command or the migration."""

    kind: ActorKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}{_SEPARATOR}{self.id}"


def parse_actor(text: str) -> Actor | None:
    """The actor that ``str`` made ``text`` of; "" is None. Raises ValueError for any other text."""
    if not text:
        return None
    kind, _, actor_id = text.partition(_SEPARATOR)
    return Actor(ActorKind(kind), actor_id)


def personal_id(person_id: str, token_id: str) -> str:
    """The id of a credential that is a person's own."""
    return f"{person_id}{_PERSONAL}{token_id}"


def personal_bounds(person_id: str) -> tuple[str, str]:
    """Two texts between which, by code points, the ids of a person's own credentials are, and no others."""
    return personal_id(person_id, ""), f"{person_id}{chr(ord(_PERSONAL) + 1)}"


def owner_of(credential_id: str) -> str:
    """The id of the person whose own a credential is; "" for one that is nobody's."""
    person_id, separator, _ = credential_id.partition(_PERSONAL)
    return person_id if separator else ""


def actor_behind(credential_id: str) -> Actor:
    """Who acts with a credential: the person whose own it is, else the credential itself."""
    owner = owner_of(credential_id)
    return Actor(ActorKind.PERSON, owner) if owner else Actor(ActorKind.CREDENTIAL, credential_id)


def actor_of(receipt: Receipt) -> Actor:
    """Who sent a receipt: a person or a credential, whoever asked by our own words, or the duty of the ledger that wrote it."""
    if receipt.credential_id:
        return actor_behind(receipt.credential_id)
    return asker_in(receipt.parameters if receipt.protocol == OWN_PROTOCOL else {}, receipt.operation)


def asker_in(parameters: Mapping[str, str], operation: str) -> Actor:
    """Who sent a receipt that no credential sent: whoever its parameters name, else the duty for which it was written."""
    return parse_actor(parameters.get(ASKER, "")) or Actor(ActorKind.DUTY, operation)
