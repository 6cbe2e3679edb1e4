"""Rows of receipts and verdicts to Structs and back, in the order of the columns of the statement that reads or writes them."""

from __future__ import annotations

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.ledger.actor import Actor, actor_behind, asker_in, owner_of
from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt, ReceiptState, Settlement
from shipledger.ledger.receipt_listing import ReceiptRecord, RecordedVerdict
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.reasons import Explained
from shipledger.store.receipts.contract import ClaimedReceipt
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.row_digests import describe_change, digest_row
from shipledger.store.row_reading import Row, reads
from shipledger.store.rows import optional_time, storable, to_document

_TRANSLATION = "translation"

_decode_parameters = msgspec.json.Decoder(dict[str, str]).decode
_decode_verdicts = msgspec.json.Decoder(list[tuple[int, VerdictKind, str | None, Reason, str, str]]).decode


def from_receipt(receipt: Receipt, translation: str = "") -> Row:
    """The row of a receipt that just arrived, with what it asks for as JSON, if that is known."""
    row = (
        receipt.organization_id,
        receipt.receipt_id,
        receipt.credential_id,
        receipt.protocol,
        receipt.operation,
        to_document(receipt.parameters),
        storable(receipt.body),
        to_microseconds(receipt.accepted_at),
    )
    return (*row, _digest(row), _seal_translation(row, translation) if translation else None)


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


@reads("receipt", "ttttttti??TT", 0, 1)
def to_claimed(row: Row) -> ClaimedReceipt:
    """A receipt to be settled, which is what was accepted."""
    *columns, attempts, are_names_noted, digest, translation = row
    _check_receipt(columns, digest)
    return ClaimedReceipt(
        receipt=to_receipt(columns),
        attempts=attempts,
        are_names_noted=bool(are_names_noted),
        translation=_open_translation(columns, translation),
    )


@reads("receipt", "tttttttiitITTtTT", 0, 1)
def to_checked_receipt(row: Row) -> ReceiptRecord:
    """As ``to_receipt_record``, with the columns of its digests behind. Raises DamagedRecord for one that is not what arrived."""
    *columns, digest, translation = row
    _check_receipt(columns[:8], digest)
    _open_translation(columns[:8], translation)
    return to_receipt_record(columns)


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
        from_verdict(
            (
                receipt.organization_id,
                receipt.receipt_id,
                item,
                verdict.kind.value,
                str(verdict.reason),
                storable(verdict.sentence),
                storable(verdict.subject),
                verdict.deployment_id,
            )
        )
        for item, verdict in enumerate(settled.verdicts)
    ]


def from_verdict(row: Row) -> Row:
    """The row of a verdict, of which the digest is missing."""
    return (*row, digest_row("verdict", *_parts_of_verdict(row)))


@reads("verdict", "ttittttTT", 0, 1, 2)
def check_verdict(row: Row) -> Verdict:
    """A verdict, with its key and its digest. Raises DamagedRecord for one that is not what was decided."""
    *columns, digest = row
    _, _, _, kind, reason, sentence, subject, deployment_id = columns
    _require(describe_change(digest, "verdict", *_parts_of_verdict(columns), empty=("", "")))
    return to_verdict((kind, deployment_id, reason, sentence, subject))


def to_verdict(row: Row) -> Verdict:
    """A verdict from kind, deployment, reason, sentence and subject."""
    kind, deployment_id, reason, sentence, subject = row
    return Verdict(kind=VerdictKind(kind), deployment_id=deployment_id, reason=Reason(reason), sentence=sentence, subject=subject)


def to_recorded_verdict(row: Row) -> RecordedVerdict:
    """A verdict with its receipt."""
    receipt_id, item, protocol, operation, parameters, credential_id, credential_name, accepted_us, settled_us, *verdict = row
    is_own = protocol == OWN_PROTOCOL and not credential_id
    return RecordedVerdict(
        receipt_id=receipt_id,
        item=item,
        protocol=protocol,
        operation=operation,
        credential_name=credential_name,
        accepted_at=from_microseconds(accepted_us),
        settled_at=from_microseconds(settled_us),
        verdict=to_verdict(verdict),
        asker=_read_asker(parameters, operation) if is_own else _find_owner(credential_id),
    )


def _find_owner(credential_id: str) -> Actor | None:
    """The person who sent something with a token of their own."""
    return actor_behind(credential_id) if owner_of(credential_id) else None


def _read_asker(parameters: str, operation: str) -> Actor:
    """Who asked, by the parameters of a receipt; if those are damaged, which its own page says, the duty of its operation."""
    try:
        return asker_in(_decode_parameters(parameters), operation)
    except (ValueError, TypeError):
        return asker_in({}, operation)


def _digest(row: Row) -> str:
    return digest_row("receipt", *_parts_of_receipt(row))


def _parts_of_receipt(row: Row) -> tuple[Row, Row]:
    """What stays of a receipt for good, and what retention takes away."""
    *head, parameters, body, accepted_us = row
    return (*head, accepted_us), (parameters, body)


def _check_receipt(row: Row, digest: str | None) -> None:
    _require(describe_change(digest, "receipt", *_parts_of_receipt(row), empty=("{}", "")))


def _parts_of_verdict(row: Row) -> tuple[Row, Row]:
    *head, sentence, subject, deployment_id = row
    return (*head, deployment_id), (sentence, subject)


def _seal_translation(row: Row, translation: str) -> str:
    return f"{digest_row(_TRANSLATION, row[:2], (translation,))} {translation}"


def _open_translation(row: Row, kept: str | None) -> str:
    digest, _, translation = (kept or "").partition(" ")
    if kept is not None:
        _require(describe_change(digest, _TRANSLATION, row[:2], (translation,)))
    return translation


def _require(change: str) -> None:
    if change:
        raise Explained(change)
