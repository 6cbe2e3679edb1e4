"""What is told of a gate, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from shipledger.access.signing_app import AppLinks
from shipledger.forwarding.message import Occasion
from shipledger.gating.gate import KIND, Gate
from shipledger.gating.notice import notice_of, topic_of
from shipledger.gating.submissions import AskGate
from shipledger.store import rows
from shipledger.store.outbox.writing import AppTarget, write_messages
from shipledger.store.projecting import Cause, Change, Key, key_of
from shipledger.store.session import Steps, call

_decode_links = msgspec.json.Decoder(AppLinks).decode


class GateMessages:
    """A subscriber: it tells of each change of a gate that a settlement appends, and what is erased takes its messages along.

    A rebuild, a move or a restored ledger tells nobody again. It comes before the rows of gates: those say whose are erased.
    """

    def hear(self, change: Change) -> Steps[None]:
        """See Subscriber."""
        told = _list_changes(change) if change.cause is Cause.SETTLEMENT else []
        touched = [key_of(gate) for gate in change.records_of(KIND)] if change.cause is Cause.ERASURE else []
        return self._tell(told, [*touched, *change.erased_of(KIND)])

    @staticmethod
    def _tell(told: Sequence[Gate], erased: Sequence[Key]) -> Steps[None]:
        for gate in told:
            if gate.change == 1:
                yield call("note_gate_number", organization_id=gate.organization_id, number=gate.number)
            yield from tell_of_gate(gate)
        if not erased:
            return
        keys = rows.to_json(erased)
        for row in (yield call("list_gated_deployments", keys=keys)):
            yield call("forget_messages_about", organization_id=row[0], subject_id=row[1])
        yield call("forget_gate_deliveries", keys=keys)


def _list_changes(change: Change) -> list[Gate]:
    """The gates that changed, each as it stood after each new entry, in order."""
    gates = {key_of(gate): gate for gate in change.records_of(KIND)}
    entries = sorted((one for one in change.entries if one.kind == KIND), key=lambda one: (key_of(one), one.version))
    return [_at(gates[key_of(entry)], 0 if isinstance(entry.submission, AskGate) else -1) for entry in entries]


def _at(gate: Gate, place: int) -> Gate:
    """A gate as it stood after one of its changes."""
    change = gate.changes[place]
    return replace(gate, status=change.status, changed_at=change.at, reason=change.reason)


def tell_of_gate(gate: Gate) -> Steps[None]:
    """Write that the status of a gate has changed: to the app that asked, if it wants to hear, and to the targets that do."""
    row = yield call("find_gate_asker", organization_id=gate.organization_id, credential_id=gate.credential_id)
    links = None if row is None or row[1] is None else _decode_links(row[1])
    app = None
    if links is not None and links.gating_callback:
        _, _, kind, name = row
        app = AppTarget(gate.credential_id, kind, name)
    yield from write_messages(occasion_of(gate), app=app)


def occasion_of(gate: Gate) -> Occasion:
    """The change that a gate stands at."""
    return Occasion(
        organization_id=gate.organization_id,
        topic=topic_of(gate.status),
        subject_id=gate.deployment_id,
        place=gate.change,
        body=rows.to_document(notice_of(gate)),
        at=gate.changed_at,
    )
