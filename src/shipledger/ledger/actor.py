"""Who caused an entry: by id and never by name, so that a name can change or be erased."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt

_SEPARATOR = ":"
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


def actor_of(receipt: Receipt) -> Actor:
    """Who sent a receipt: a credential, whoever asked for it by our own words, or the duty of the ledger that wrote it."""
    if receipt.credential_id:
        return Actor(ActorKind.CREDENTIAL, receipt.credential_id)
    return asker_in(receipt.parameters if receipt.protocol == OWN_PROTOCOL else {}, receipt.operation)


def asker_in(parameters: Mapping[str, str], operation: str) -> Actor:
    """Who sent a receipt that no credential sent: whoever its parameters name, else the duty for which it was written."""
    return parse_actor(parameters.get(ASKER, "")) or Actor(ActorKind.DUTY, operation)
