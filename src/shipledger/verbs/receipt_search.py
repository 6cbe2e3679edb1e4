"""Find a receipt by what it holds: an issue key, a pipeline, an environment, or whatever its sender named."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from shipledger.errors import DamagedRecord
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord
from shipledger.verbs.browsing import ReceiptBrowsing

READ_AT_ONCE = 50
READ_AT_MOST = 1_000

_OTHER_ESCAPE = re.compile(r"\\(?![\"bfnrt]|u[0-9a-fA-F]{4})")
"""What is no escape of JSON, besides the two that are replaced before."""


class FoundReceipts(Struct, frozen=True):
    """Newest first. ``before_id``: the last one that was looked at, where to look on; "" when there are no more."""

    records: tuple[ReceiptRecord, ...]
    looked_at: int
    before_id: str
    damaged: tuple[DamagedRecord, ...] = ()


class Looked(Struct, frozen=True):
    """What is looked for: a text, and of which protocol and credential; "" for any."""

    text: str = ""
    protocol: str = ""
    credential_id: str = ""


async def search_receipts(
    ledger: ReceiptBrowsing, organization_id: str, wanted: ReceiptFilter, looked: Looked, *, at_most: int = READ_AT_MOST
) -> FoundReceipts:
    r"""The receipts among the next ``at_most`` whose id, body, parameters or verdicts hold a text, without case.

    A body is searched as it was sent, and as what it says: senders write ``\u00fc`` for an umlaut and ``\/`` for a slash.
    """
    found: list[ReceiptRecord] = []
    damaged: list[DamagedRecord] = []
    looked_at, before_id, plain = 0, wanted.before_id, looked.text.casefold()
    while looked_at < at_most and len(found) < wanted.limit:
        count = min(READ_AT_ONCE, at_most - looked_at)
        page = await ledger.list_receipts(organization_id, replace(wanted, before_id=before_id, limit=count))
        looked_at += len(page.damaged)
        damaged += page.damaged
        for record in page:
            looked_at += 1
            before_id = record.receipt.receipt_id
            if _is_of(record.receipt, looked) and (not plain or _holds(record, plain)):
                found.append(record)
                if len(found) == wanted.limit:
                    return FoundReceipts(tuple(found), looked_at, before_id, tuple(damaged))
        before_id = min([before_id, *(one.key for one in page.damaged)]) if before_id else ""
        if len(page) + len(page.damaged) < count or not before_id:
            return FoundReceipts(tuple(found), looked_at, "", tuple(damaged))
    return FoundReceipts(tuple(found), looked_at, before_id, tuple(damaged))


def _is_of(receipt: Receipt, looked: Looked) -> bool:
    return looked.protocol in ("", receipt.protocol) and looked.credential_id in ("", receipt.credential_id)


def _holds(record: ReceiptRecord, plain: str) -> bool:
    receipt = record.receipt
    told = (text for verdict in record.settlement.verdicts for text in (verdict.subject, verdict.sentence))
    kept = (receipt.body, *receipt.parameters.values())
    texts = (receipt.receipt_id, *kept, *told, *(_without_escapes(text) for text in kept if "\\" in text))
    return any(plain in text.casefold() for text in texts)


def _without_escapes(text: str) -> str:
    """What JSON says with its escapes; of a pair of them one character, of half a pair U+FFFD. Other text is left as it is.

    A body is not decoded for this: it may have been kept for not being JSON.
    """
    text = text.replace(r"\\", r"\u005c").replace(r"\/", "/")
    if _OTHER_ESCAPE.search(text):
        return text
    plain = text.encode("latin-1", "backslashreplace").decode("unicode_escape")
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
