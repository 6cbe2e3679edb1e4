"""Merge records that tell of one deployment, and split them again, by hand."""

from __future__ import annotations

from datetime import timedelta

from shipledger.duties.duplicates import Duplicates
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.fold import forget_witness
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.merging import find_obstacle, find_split_obstacle
from shipledger.ledger.submission import Merge, Split, Target
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.ledger.witnesses import combine
from shipledger.store.contract import Store
from shipledger.verbs.merging import REASON_LIMIT, Witnesses

_ALIKE_WITHIN = timedelta(hours=1)
_SOURCE = "shipledger"


class MergingDesk:
    """See ``verbs.merging.MergingVerbs``."""

    def __init__(self, store: Store, asks: Asks) -> None:
        self._store = store
        self._asks = asks
        self._duplicates = Duplicates(store)

    async def read_witnesses(self, organization_id: str, deployment_id: str) -> Witnesses:
        record = await self._get(organization_id, deployment_id)
        host = await self._find(organization_id, record.merged_into) if record.merged_into else None
        alike = [] if record.merged_into else await self._duplicates.find_alike(record, _ALIKE_WITHIN)
        return Witnesses(record, host, alike)

    async def preview_merge(self, organization_id: str, deployment_id: str, into: str) -> Deployment:
        record, host = await self._get(organization_id, deployment_id), await self._find(organization_id, _to_id(into))
        _refuse(find_obstacle(record, host, _to_id(into)))
        assert host is not None  # noqa: S101  else it was refused
        others = [one for one in host.told[1:] if one.deployment_id != record.deployment_id]
        return combine(host.alone, [*others, record])

    async def merge_deployment(self, organization_id: str, deployment_id: str, into: str, reason: str, *, by: Actor) -> None:
        _check_reason(reason)
        asked = Merge(source=_SOURCE, target=Target(key=_to_id(deployment_id)), into=_to_id(into), reason=reason.strip())
        await self._ask(organization_id, asked, by)

    async def preview_split(self, organization_id: str, deployment_id: str) -> Deployment:
        record = await self._get(organization_id, deployment_id)
        _refuse(find_split_obstacle(record))
        return forget_witness(await self._get(organization_id, record.merged_into), record.deployment_id)

    async def split_deployment(self, organization_id: str, deployment_id: str, reason: str, *, by: Actor) -> None:
        _check_reason(reason)
        await self._ask(
            organization_id, Split(source=_SOURCE, target=Target(key=_to_id(deployment_id)), reason=reason.strip()), by
        )

    async def _ask(self, organization_id: str, asked: Merge | Split, by: Actor) -> None:
        operation = "merge deployment" if isinstance(asked, Merge) else "split deployment"
        (verdict,) = await self._asks.ask(organization_id, [asked], operation=operation, actor=by)
        _refuse(verdict)

    async def _find(self, organization_id: str, deployment_id: str) -> Deployment | None:
        return await self._store.find_deployment(organization_id, Target(key=deployment_id))

    async def _get(self, organization_id: str, deployment_id: str) -> Deployment:
        found = await self._find(organization_id, _to_id(deployment_id))
        if found is None:
            raise NotFound("deployment", f"No deployment has the id {deployment_id}. It may belong to another organization.")
        return found


def _to_id(text: str) -> str:
    """An id, also where somebody pastes the address of its page."""
    return bare_uuid(text.strip().rstrip("/").rpartition("/")[2]).lower()


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("merging", "A reason is missing.", fields={"reason": "should say why"})
    if len(reason) > REASON_LIMIT:
        raise Invalid("merging", "The reason is too long.", fields={"reason": f"should have at most {REASON_LIMIT:,} characters"})


def _refuse(verdict: Verdict | None) -> None:
    if verdict is None or verdict.kind is not VerdictKind.REJECTED:
        return
    if verdict.reason is Reason.UNKNOWN_DEPLOYMENT:
        raise NotFound("deployment", verdict.sentence)
    raise Conflict(verdict.reason, verdict.sentence)
