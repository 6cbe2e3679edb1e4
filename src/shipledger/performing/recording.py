"""The one way in, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.access.grant import Grant
from shipledger.aggregates import Recording
from shipledger.ingestion.host_naming import name_hosts
from shipledger.ingestion.recorder import Answer, FromSettlement
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import ChangeState, RecordDeployment
from shipledger.performing.performer import Performer


class RecordingPerformer(Performer):
    """See ``verbs.recording.RecordingVerbs``."""

    def new_receipt(self, grant: Grant, protocol: str, operation: str, parameters: dict[str, str], body: str) -> Receipt:
        """A receipt with its time of acceptance and its id, which is its place in the order."""
        return Receipt(
            organization_id=grant.organization_id,
            receipt_id=new_id(self._parts.clock.next_order(), self._parts.randomness.take(8)),
            credential_id=grant.credential_id,
            protocol=protocol,
            operation=operation,
            parameters=parameters,
            body=body,
            accepted_at=self._parts.clock.now(),
        )

    async def record(
        self,
        receipt: Receipt,
        submissions: Sequence[Recording],
        accepted: Answer,
        *,
        settled: FromSettlement[Answer] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        """Store a receipt and return the answer for its sender."""
        named = name_hosts(submissions, self._parts.aliases)
        told = [one.state.reported_at for one in submissions if isinstance(one, RecordDeployment | ChangeState)]
        self._parts.uses.note_times(receipt.organization_id, receipt.credential_id, told, now=receipt.accepted_at)
        return await self._parts.recorder.record(receipt, named, accepted, settled=settled, wait_seconds=wait_seconds)

    async def find_kinds(self, organization_id: str, ids: Sequence[str]) -> dict[str, str]:
        """The kind of record that each id is of."""
        return await self._parts.store.find_kinds(organization_id, ids)

    async def is_record_pending(self, organization_id: str, record_id: str) -> bool:
        """Whether the request that records something under this id may be pending."""
        return await self._parts.store.is_record_pending(organization_id, record_id)

    async def find_settlement(self, organization_id: str, receipt_id: str, wait_seconds: float = 0.0) -> Settlement | None:
        """The settlement of a receipt, waiting at most ``wait_seconds`` for its verdicts."""
        return await self._parts.recorder.find_settlement(organization_id, receipt_id, wait_seconds)
