"""From this API's pull requests to submissions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from shipledger.clock import to_microseconds
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.protocols.native.pull_request_wire import PullRequestIn
from shipledger.protocols.native.request_key import key_names
from shipledger.protocols.native.vocabulary import SOURCE
from shipledger.protocols.wire_json import REPLACED
from shipledger.pull_requests.model import PullRequestFacts, RecordPullRequest


def own_pull_request_id(receipt_id: str, item: int) -> str:
    """The id of the pull request that an item of a receipt records, when that is a new one."""
    return derive_id(receipt_id, item, "pull_request")


def to_pull_requests(receipt: Receipt, sent: Sequence[PullRequestIn]) -> tuple[RecordPullRequest, ...]:
    """What a receipt with these pull requests asks for."""
    return tuple(_to_submission(receipt, item, one) for item, one in enumerate(sent))


def _to_submission(receipt: Receipt, item: int, one: PullRequestIn) -> RecordPullRequest:
    """What an item asks for: by the time that it says, else in order of acceptance."""
    order = receipt.order_us if one.updated_at is None else to_microseconds(one.updated_at)
    return RecordPullRequest(
        source=SOURCE,
        pull_request_id=own_pull_request_id(receipt.receipt_id, item),
        repository=one.repository,
        number=one.number,
        facts=PullRequestFacts(
            title=_said(one.title),
            description=_said(one.description),
            author=_said(one.author),
            url=_said(one.url),
            branch=_said(one.branch),
            target_branch=_said(one.target_branch),
            labels=one.labels or UNSET,
            opened_at=_said(one.opened_at),
            reviewed_at=_said(one.reviewed_at),
            approved_at=_said(one.approved_at),
            merged_at=_said(one.merged_at),
            closed_at=_said(one.closed_at),
            head_commit=_said(one.head_commit),
            merge_commit=_said(one.merge_commit),
            commits=one.commits or UNSET,
            is_squash=_said(one.is_squash),
        ),
        order=(order, item) if item else (order,),
        names=key_names(receipt) if item == 0 else (),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _said(value: Any) -> Any:
    return UNSET if value is None else value
