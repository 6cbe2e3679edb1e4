"""Requests that named an issue, and whose answer was that it is not known or that the deployment is refused."""

from __future__ import annotations

import re

from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.web.pages.frame import Frame

RECEIPTS_READ = 2_000
VERDICTS_READ = 100
SHOWN = 5


async def list_left_out(frame: Frame, organization_id: str, key: str) -> list[RecordedVerdict]:
    """Those among the newest requests, newest first. ``key`` is in upper case."""
    found = await frame.ledger.list_verdicts_that_say(organization_id, key, receipts=RECEIPTS_READ, limit=VERDICTS_READ)
    # A key may be a part of another one: SHIP-1 of SHIP-12.
    named = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])", re.IGNORECASE)
    return [one for one in found if _is_left_out(one) and named.search(one.verdict.sentence)][:SHOWN]


def _is_left_out(recorded: RecordedVerdict) -> bool:
    verdict = recorded.verdict
    return verdict.kind in (VerdictKind.APPLIED, VerdictKind.DUPLICATE) or verdict.reason is Reason.REFUSED_ON_ARRIVAL
