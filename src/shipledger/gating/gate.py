"""A gate of one deployment, and what became of it."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import UNSET, Struct

from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.submission import Alias, RecordDeployment

KIND = "gate"
KEY_PREFIX = "GATE-"
_KEY = re.compile(rf"{KEY_PREFIX}([1-9][0-9]{{0,8}})", re.IGNORECASE)


class GateStatus(StrEnum):
    """What is known of the decision. ``closed``: the deployment ended or was removed before anybody decided."""

    AWAITING = "awaiting"
    ALLOWED = "allowed"
    PREVENTED = "prevented"
    CLOSED = "closed"


class GateSubject(Struct, frozen=True):
    """Which deployment it is in its sender's words: a gate outlives a deployment that is removed."""

    pipeline_id: str
    environment_id: str
    sequence: int | None


class GateChange(Struct, frozen=True, omit_defaults=True):
    """That a gate got a status: when, by whom, and in whose words. ``actor`` is None where an earlier version did not keep it."""

    status: GateStatus
    at: datetime
    actor: Actor | None = None
    reason: str = ""


class Gate(Struct, frozen=True, omit_defaults=True):
    """A deployment's question whether it may go on, and the answer.

    ``number`` counts the gates of an organization. ``credential_id``: who asked, "" for nobody with a credential. ``changes``
    are how it came to its status, which is that of the last one, as are ``changed_at`` and ``reason``, the words of who decided.
    ``names`` are further ones to find it by.
    """

    organization_id: str
    deployment_id: str
    number: int
    credential_id: str
    subject: GateSubject
    status: GateStatus
    asked_at: datetime
    changed_at: datetime
    reason: str = ""
    gate_id: str = ""
    version: int = 0
    changes: tuple[GateChange, ...] = ()
    names: tuple[Alias, ...] = ()

    kind: ClassVar[str] = KIND
    is_removed: ClassVar[bool] = False

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.gate_id

    @property
    def key(self) -> str:
        """How people call it."""
        return f"{KEY_PREFIX}{self.number}"

    @property
    def change(self) -> int:
        """How often its status was said: a decision is final."""
        return 1 if self.status is GateStatus.AWAITING else 2

    @property
    def credential_ids(self) -> frozenset[str]:
        """The credentials that asked or decided."""
        actors = (one.actor for one in self.changes)
        return frozenset(actor.id for actor in actors if actor is not None and actor.kind is ActorKind.CREDENTIAL)


def read_gate_key(text: str) -> int | None:
    """The number in the key of a gate; None for what is no key."""
    found = _KEY.fullmatch(text)
    return int(found[1]) if found else None


def subject_of(record: RecordDeployment) -> GateSubject:
    """What a record says of which deployment it is."""
    facts = record.facts
    return GateSubject(
        pipeline_id=facts.pipeline.id if facts.pipeline else "",
        environment_id="" if facts.environment is UNSET else facts.environment.id,
        sequence=None if facts.sequence is UNSET else facts.sequence,
    )
