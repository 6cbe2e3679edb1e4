"""The requests about one record, as the ``show`` commands print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shipledger.cli.output import to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.web.pages.words import verdict_sender, verdict_sentence


def print_requests(requests: Iterable[RecordedVerdict], people: Mapping[str, str]) -> None:
    """Print each request and its outcome. ``people``: the names of those who sent one, by id."""
    print_table(
        ("REQUEST", "ACCEPTED", "SENDER", "OPERATION", "OUTCOME"),
        [
            (
                one.receipt_id,
                to_text(one.accepted_at),
                verdict_sender(one, people),
                one.operation,
                verdict_sentence(one.verdict),
            )
            for one in requests
        ],
        empty="Its requests are no longer kept.",
    )
