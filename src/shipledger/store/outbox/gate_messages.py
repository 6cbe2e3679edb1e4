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
from shipledger.store.outbox.writing import AppTarget, Topics, list_topics, write_messages
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
        yield from tell_of_gates(told)
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


def tell_of_gates(told: Sequence[Gate]) -> Steps[None]:
    """Write that the status of gates has changed: to the apps that asked, if they want to hear, and to the targets that do."""
    topics: dict[str, Topics] = {}
    apps: dict[Key, AppTarget | None] = {}
    for gate in told:
        owner, asker = gate.organization_id, (gate.organization_id, gate.credential_id)
        if gate.change == 1:
            yield call("note_gate_number", organization_id=owner, number=gate.number)
        if owner not in topics:
            topics[owner] = yield from list_topics(owner)
        if asker not in apps:
            apps[asker] = yield from _find_app(*asker)
        yield from write_messages(occasion_of(gate), topics[owner], app=apps[asker])


def _find_app(organization_id: str, credential_id: str) -> Steps[AppTarget | None]:
    """The app that asked for a gate, if it wants to hear of it."""
    row = yield call("find_gate_asker", organization_id=organization_id, credential_id=credential_id)
    links = None if row is None or row[1] is None else _decode_links(row[1])
    if links is None or not links.gating_callback:
        return None
    _, _, kind, name = row
    return AppTarget(credential_id, kind, name)


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
