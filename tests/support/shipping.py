"""A sender of whole records, as Jira's clients are: what it sends is translated, decided and settled as a worker does it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import RecordDeployment, Target
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.jira.translate import interpret
from shipledger.protocols.jira.vocabulary import SUBMIT
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.jira import associated, deployment
from tests.support.pen import Pen

DEVELOPMENT = {"id": "dev-anna", "displayName": "dev-anna", "type": "development"}
TESTING = {"id": "qa", "displayName": "QA", "type": "testing"}
STAGING = {"id": "stage", "displayName": "Stage", "type": "staging"}
PRODUCTION = {"id": "prod", "displayName": "Prod EU", "type": "production"}
NAMELESS = {"id": "run-8841", "displayName": "cluster-2", "type": "unmapped"}
API = {"id": "api", "displayName": "Orders API", "url": "https://ci.example.com/api"}


async def ship(
    pen: Pen, *issues: str, at: datetime, number: int = 41, update: int = 1, credential_id: str = "", **changes: Any
) -> Verdict:
    """The verdict of one record that names ``issues``; ``changes`` as for ``deployment``."""
    receipt = replace(
        _receipt(pen, *issues, at=at, number=number, update=update, **changes), credential_id=credential_id or pen.credential_id
    )
    (submission,) = interpret(receipt)
    assert isinstance(submission, RecordDeployment)
    (identity,) = submission.identities
    current = await pen.store.find_deployment(pen.organization_id, Target(key=identity.key, scope=identity.scope))
    decision = decide(Situation(current), receipt, 0, submission, at + timedelta(milliseconds=12))
    await pen.store.append_receipts([receipt], claimed_by="test")
    settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,) if decision.entry else ())
    deployments = (decision.deployment,) if decision.deployment else ()
    batch = SettlementBatch(settled_at=receipt.accepted_at, receipts=(settled,), changed=deployments)
    await pen.store.settle(batch)
    return decision.verdict


async def ship_all(pen: Pen, *records: dict[str, Any]) -> None:
    """The same for many new records, which are settled at once, in this order: ``issues``, ``at``, ``number`` and changes."""
    settled, deployments = [], []
    for record in records:
        receipt = _receipt(pen, *record.get("issues", ("SHIP-1",)), **{name: record[name] for name in record if name != "issues"})
        (submission,) = interpret(receipt)
        decision = decide(Situation(None), receipt, 0, submission, receipt.accepted_at)
        assert decision.entry is not None
        assert decision.deployment is not None
        settled.append(SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,)))
        deployments.append(decision.deployment)
    await pen.store.append_receipts([one.receipt for one in settled], claimed_by="test")
    settled_at = max(one.receipt.accepted_at for one in settled)
    await pen.store.settle(SettlementBatch(settled_at=settled_at, receipts=tuple(settled), changed=tuple(deployments)))


def _receipt(
    pen: Pen, *issues: str, at: datetime, number: int, update: int = 1, accepted_at: datetime | None = None, **changes: Any
) -> Receipt:
    sent = {
        "deploymentSequenceNumber": number,
        "updateSequenceNumber": update,
        "displayName": f"Release {number}",
        "lastUpdated": at.isoformat(),
        **associated("issueKeys", *issues),
    }
    body = json.dumps({"deployments": [deployment(**sent | changes)]})
    return replace(pen.receipt(SUBMIT, at=accepted_at or at, body=body), protocol="jira")


async def write_story(pen: Pen, now: datetime, key: str = "SHIP-1") -> None:
    """An issue on its way: two pipelines, a failure that was mended, an update that did not count, an unmapped environment."""
    minute = timedelta(minutes=1)
    await ship(pen, key, at=now - 95 * minute, number=38, environment=DEVELOPMENT)
    await ship(pen, key, at=now - 70 * minute, number=39, environment=TESTING)
    await ship(pen, key, at=now - 61 * minute, number=39, environment=STAGING, state="failed")
    await ship(pen, key, at=now - 44 * minute, number=40, environment=STAGING)
    await ship(pen, key, at=now - 40 * minute, number=7, environment=NAMELESS, pipeline=API)
    await ship(pen, key, "SHIP-2", at=now - 30 * minute, number=40, environment=PRODUCTION, state="rolled_back")
    await ship(pen, key, "SHIP-2", at=now - 9 * minute, number=41, environment=PRODUCTION, displayName="Storefront 2026.47")
    await ship(pen, key, at=now - 8 * minute, number=41, environment=PRODUCTION, state="in_progress")
    await ship(pen, key, at=now - 3 * minute, number=8, environment=PRODUCTION, pipeline=API, state="in_progress")


async def write_project(pen: Pen, now: datetime) -> None:
    """A project that ships every week, with issues that have come to different tiers."""
    for weeks in range(1, 12):
        for number in range(1 + weeks * 7 % 5):
            at = now - timedelta(weeks=weeks, hours=number)
            await ship(pen, f"SHIP-{20 + weeks}", at=at, number=1000 - weeks * 10 - number, environment=PRODUCTION)
    await ship(pen, "SHIP-3", at=now - timedelta(hours=5), number=60, environment=STAGING)
    await ship(pen, "SHIP-4", at=now - timedelta(hours=4), number=61, environment=TESTING)
    await ship(pen, "SHIP-5", at=now - timedelta(hours=3), number=62, environment=TESTING, state="failed")
