"""What may be asked of a gate, in the ledger's terms."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from msgspec import Struct

from shipledger.gating.gate import GateStatus, GateSubject
from shipledger.ledger.submission import Alias


class AskGate(Struct, frozen=True, tag="ask-gate", omit_defaults=True):
    """A deployment asks whether it may go on. ``gate_id`` is used only if it has no gate; ``number`` is given by the decision."""

    gate_id: str
    deployment_id: str
    subject: GateSubject
    number: int = 0


class DecideGate(Struct, frozen=True, tag="decide-gate", omit_defaults=True):
    """Somebody allows or prevents a deployment, or nobody did in time. ``names``: further ones to find the gate by."""

    deployment_id: str
    status: GateStatus
    reason: str = ""
    names: tuple[Alias, ...] = ()


class CloseGate(Struct, frozen=True, tag="close-gate", omit_defaults=True):
    """The deployment is over: there is nothing left to decide."""

    deployment_id: str

    status: ClassVar[GateStatus] = GateStatus.CLOSED


class KeepGate(Struct, frozen=True, tag="keep-gate", omit_defaults=True):
    """A gate as a version without entries left it; only an upgrade says so. Times are microseconds since 1970."""

    gate_id: str
    deployment_id: str
    subject: GateSubject
    number: int
    credential_id: str
    status: GateStatus
    asked_us: int
    changed_us: int
    reason: str = ""


GateSubmission: TypeAlias = AskGate | DecideGate | CloseGate | KeepGate
