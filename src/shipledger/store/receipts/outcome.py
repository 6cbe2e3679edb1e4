"""A settlement as a store gives it back, made of what was written, so that nobody has to read it."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from shipledger.ledger.receipt import ReceiptState, Settlement
from shipledger.ledger.verdict import Verdict
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.texts import storable


def to_settlement(settled: SettledReceipt, settled_at: datetime) -> Settlement:
    """What ``find_settlement`` gives once the settlement of a receipt, never set aside before, is committed."""
    receipt = settled.receipt
    return Settlement(
        receipt_id=receipt.receipt_id,
        protocol=receipt.protocol,
        operation=receipt.operation,
        state=ReceiptState.SETTLED,
        accepted_at=receipt.accepted_at,
        settled_at=settled_at,
        verdicts=tuple(map(_as_kept, settled.verdicts)),
        credential_id=receipt.credential_id,
    )


def _as_kept(verdict: Verdict) -> Verdict:
    sentence, subject = storable(verdict.sentence), storable(verdict.subject)
    if sentence is verdict.sentence and subject is verdict.subject:
        return verdict
    return replace(verdict, sentence=sentence, subject=subject)
