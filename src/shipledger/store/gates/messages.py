"""What is told of a gate, and to whom."""

from __future__ import annotations

import msgspec

from shipledger.access.signing_app import AppLinks
from shipledger.forwarding.message import Occasion
from shipledger.gating.gate import Gate
from shipledger.gating.notice import notice_of, topic_of
from shipledger.store import rows
from shipledger.store.outbox.writing import AppTarget, write_messages
from shipledger.store.session import Steps, call

_decode_links = msgspec.json.Decoder(AppLinks).decode


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
