"""Rows of receipts and verdicts to Structs and back, in the order of the columns of the statement that reads or writes them."""

from __future__ import annotations

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.contract import ReceiptRecord, RecordedVerdict, SettledReceipt
from shipledger.store.row_reading import Row, reads
from shipledger.store.rows import optional_time, storable, to_document

_decode_parameters = msgspec.json.Decoder(dict[str, str]).decode
_decode_verdicts = msgspec.json.Decoder(list[tuple[int, VerdictKind, str | None, Reason, str, str]]).decode


def from_receipt(receipt: Receipt) -> Row:
    """The row of a receipt that just arrived."""
    return (
        receipt.organization_id,
        receipt.receipt_id,
        receipt.credential_id,
        receipt.protocol,
        receipt.operation,
        to_document(receipt.parameters),
        storable(receipt.body),
        to_microseconds(receipt.accepted_at),
    )


@reads("receipt", "ttttttti", 0, 1)
def to_receipt(row: Row) -> Receipt:
    """A receipt from the first eight columns."""
    return Receipt(
        organization_id=row[0],
        receipt_id=row[1],
        credential_id=row[2],
        protocol=row[3],
        operation=row[4],
        parameters=_decode_parameters(row[5]),
        body=row[6],
        accepted_at=from_microseconds(row[7]),
    )


@reads("receipt", "tttttttiitITTt", 0, 1)
def to_receipt_record(row: Row) -> ReceiptRecord:
    """A receipt with its settlement and the name of its credential."""
    receipt = to_receipt(row)
    _, _, _, _, _, _, _, accepted_us, attempts, state, settled_us, failure, verdicts, credential_name = row
    settlement = to_settlement(
        (
            receipt.receipt_id,
            receipt.protocol,
            receipt.operation,
            state,
            accepted_us,
            settled_us,
            failure,
            verdicts,
            receipt.credential_id,
        )
    )
    return ReceiptRecord(receipt=receipt, credential_name=credential_name, settlement=settlement, attempts=attempts)


@reads("receipt", "ttttiITTt", 8, 0)
def to_settlement(row: Row) -> Settlement:
    """What became of a receipt."""
    receipt_id, protocol, operation, state, accepted_us, settled_us, failure, verdicts, credential_id = row
    return Settlement(
        receipt_id=receipt_id,
        protocol=protocol,
        operation=operation,
        state=ReceiptState(state),
        accepted_at=from_microseconds(accepted_us),
        settled_at=optional_time(settled_us),
        verdicts=tuple(to_verdict(verdict[1:]) for verdict in sorted(_decode_verdicts(verdicts or "[]"))),
        failure=failure,
        credential_id=credential_id,
    )


def from_verdicts(settled: SettledReceipt) -> list[Row]:
    """The rows of a receipt's verdicts."""
    receipt = settled.receipt
    return [
        (
            receipt.organization_id,
            receipt.receipt_id,
            item,
            verdict.kind,
            verdict.reason,
            storable(verdict.sentence),
            storable(verdict.subject),
            verdict.deployment_id,
        )
        for item, verdict in enumerate(settled.verdicts)
    ]


def to_verdict(row: Row) -> Verdict:
    """A verdict from kind, deployment, reason, sentence and subject."""
    kind, deployment_id, reason, sentence, subject = row
    return Verdict(kind=VerdictKind(kind), deployment_id=deployment_id, reason=Reason(reason), sentence=sentence, subject=subject)


def to_recorded_verdict(row: Row) -> RecordedVerdict:
    """A verdict with its receipt."""
    receipt_id, item, protocol, operation, credential_name, accepted_us, settled_us, *verdict = row
    return RecordedVerdict(
        receipt_id=receipt_id,
        item=item,
        protocol=protocol,
        operation=operation,
        credential_name=credential_name,
        accepted_at=from_microseconds(accepted_us),
        settled_at=from_microseconds(settled_us),
        verdict=to_verdict(verdict),
    )
