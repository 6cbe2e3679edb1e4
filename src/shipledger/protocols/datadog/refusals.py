"""Creates that were refused are kept with the reasons: the vendor's command hides errors, and nobody reads a green job."""

from __future__ import annotations

from typing import Any

from shipledger.access.grant import Grant
from shipledger.errors import Unavailable
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Refuse
from shipledger.protocols.datadog.faults import Fault
from shipledger.protocols.datadog.vocabulary import PROTOCOL, SOURCE
from shipledger.protocols.datadog.wire import ErrorItemOut
from shipledger.protocols.wire_json import encode_json
from shipledger.verbs.recording import RecordingVerbs

PARAMETER = "refused"
REASONS_KEPT = 5
KEPT_BYTES = 16 * 1024
_KEPT = ("service", "services", "env", "version", "team", "name", "severity", "id", "started_at", "finished_at")
"""What helps to find who sent it. The rest may hold a password that could not be told from the rest of a URL."""


async def keep_refusal(ledger: RecordingVerbs, grant: Grant, operation: str, body: object, fault: Fault) -> None:
    """Return once the refused create is durable, or at once when the store cannot be reached: it was refused anyway."""
    reasons = [item.detail for item in fault.body.errors if isinstance(item, ErrorItemOut)]
    sentence = "; ".join(reasons[:REASONS_KEPT]) + (f"; and {len(reasons) - REASONS_KEPT} more" if reasons[REASONS_KEPT:] else "")
    receipt = ledger.new_receipt(
        grant, PROTOCOL, operation, {PARAMETER: f"Answered {fault.status.value}: {sentence.removesuffix('.')}."}, _clean(body)
    )
    try:
        await ledger.record(receipt, (read_refusal(receipt),), None)
    except Unavailable:
        return


def read_refusal(receipt: Receipt) -> Refuse:
    """What a receipt of a refused create asks for: nothing but to be seen."""
    return Refuse(source=SOURCE, sentence=receipt.parameters[PARAMETER])


def _clean(body: object) -> str:
    data: Any = body.get("data") if isinstance(body, dict) else None
    attributes: Any = data.get("attributes") if isinstance(data, dict) else None
    if not isinstance(attributes, dict):
        return ""
    kept = encode_json({"data": {"attributes": {name: attributes[name] for name in _KEPT if name in attributes}}})
    return kept.decode() if len(kept) <= KEPT_BYTES else ""
