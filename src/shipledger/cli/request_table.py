"""The requests about one record, as the ``show`` commands print them."""

from __future__ import annotations

from collections.abc import Iterable

from shipledger.cli.output import to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.web.pages.words import verdict_sender, verdict_sentence


def print_requests(requests: Iterable[RecordedVerdict]) -> None:
    """Print each request and its outcome."""
    print_table(
        ("REQUEST", "ACCEPTED", "SENDER", "OPERATION", "OUTCOME"),
        [
            (
                one.receipt_id,
                to_text(one.accepted_at),
                verdict_sender(one),
                one.operation,
                verdict_sentence(one.verdict),
            )
            for one in requests
        ],
        empty="Its requests are no longer kept.",
    )
