"""The bodies of merges and splits, and what they ask for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Merge, Split, Target
from shipledger.protocols.native.bodies import ID_LIMIT
from shipledger.protocols.native.reading import open_object, refuse_faults
from shipledger.protocols.native.vocabulary import MERGE, SOURCE

ID_PARAMETER = "id"
REASON_LIMIT = 1_000


class Asked(Struct, frozen=True):
    """What a body asks for. ``into``: only of a merge."""

    reason: str
    into: str = ""


_decode = msgspec.json.Decoder(Asked).decode


def to_merging(receipt: Receipt) -> Sequence[Merge | Split]:
    """What a receipt asks for."""
    asked = _decode(receipt.body)
    target = Target(key=receipt.parameters[ID_PARAMETER])
    if receipt.operation == MERGE:
        return (Merge(source=SOURCE, target=target, into=asked.into, reason=asked.reason),)
    return (Split(source=SOURCE, target=target, reason=asked.reason),)


def check_merging(text: str, *, has_host: bool) -> Asked:
    """What a body asks for. ``has_host``: it is a merge. Raises Invalid, and what ``decode_body`` raises."""
    body, faults = open_object(text)
    body.refuse_others(("into", "reason") if has_host else ("reason",))
    into = to_id(body.required_text("into", limit=ID_LIMIT)) if has_host else ""
    reason = body.required_text("reason", limit=REASON_LIMIT)
    refuse_faults(faults)
    return Asked(reason=reason, into=into)


def to_id(text: str) -> str:
    """An id as the ledger writes it."""
    return bare_uuid(text).lower()
