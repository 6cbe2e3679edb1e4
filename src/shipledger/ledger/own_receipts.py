"""Receipts that the ledger writes itself, as when it gives up a deployment. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt
from shipledger.ledger.submission import Amend, GiveUp

PROTOCOL = OWN_PROTOCOL

_decode = msgspec.json.Decoder(GiveUp | Amend).decode


def make_receipt(
    deployment: Deployment, submission: GiveUp | Amend, *, operation: str, after: datetime, seed: str, now: datetime
) -> Receipt:
    """The receipt for ``submission``. Its id directly follows ``after``, and the same ``seed`` gives the same one."""
    randomness = hashlib.blake2b(seed.encode(), digest_size=8).digest()
    return Receipt(
        organization_id=deployment.organization_id,
        receipt_id=new_id(after + timedelta(microseconds=1), randomness),
        credential_id="",
        protocol=PROTOCOL,
        operation=operation,
        parameters={"deployment_id": deployment.deployment_id},
        body=encode(submission),
        accepted_at=now,
    )


def encode(submission: GiveUp | Amend) -> str:
    """The body of the receipt for ``submission``."""
    return msgspec.json.encode(submission).decode()


def interpret(receipt: Receipt) -> Sequence[GiveUp | Amend]:
    """The submission in one of these receipts."""
    return (_decode(receipt.body),)
