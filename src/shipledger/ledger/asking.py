"""Receipts of what is asked of the ledger without a vendor's words: by a command, a page, a duty, an upgrade. Pure.

Their bodies are submissions as they are, so every version that knows these can read them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, Union

import msgspec

from shipledger.ledger import own_receipts
from shipledger.ledger.actor import ASKER, Actor, ActorKind
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt
from shipledger.ledger.verdict import Verdict


class Asks(Protocol):
    """Whoever has something recorded and needs to know at once what became of it."""

    async def ask(self, organization_id: str, submissions: Sequence[Any], *, operation: str, actor: Actor) -> tuple[Verdict, ...]:
        """The verdicts on ``submissions``, which are one receipt. ``operation`` is a word for people.

        What no store can keep of their texts is replaced by U+FFFD.

        Raises Unavailable if nothing was recorded, and InDoubt if it was but could not be decided in time.
        """


def make_asked_receipt(
    organization_id: str, submissions: Sequence[Any], *, operation: str, actor: Actor, receipt_id: str, accepted_at: datetime
) -> Receipt:
    """The receipt of ``submissions``, which names whoever asks. Raises ValueError for texts that no JSON can hold."""
    is_credential = actor.kind is ActorKind.CREDENTIAL
    return Receipt(
        organization_id=organization_id,
        receipt_id=receipt_id,
        credential_id=actor.id if is_credential else "",
        protocol=OWN_PROTOCOL,
        operation=operation,
        parameters={} if is_credential else {ASKER: str(actor)},
        body=msgspec.json.encode(list(submissions)).decode(),
        accepted_at=accepted_at,
    )


def reader_of(aggregates: Aggregates) -> Callable[[Receipt], Sequence[Any]]:
    """What reads the submissions in receipts of the ledger itself. That raises ValueError for what this version does not know."""
    asked: Any = Union[tuple(submission for aggregate in aggregates for submission in aggregate.submissions)]  # noqa: UP007
    listed: Any = list[asked]
    decode = msgspec.json.Decoder(listed).decode

    def read(receipt: Receipt) -> Sequence[Any]:
        is_listed = receipt.body.startswith("[")  # those of duties about deployments are just one
        return decode(receipt.body) if is_listed else own_receipts.interpret(receipt)

    return read
