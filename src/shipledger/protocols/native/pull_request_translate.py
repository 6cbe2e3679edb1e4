"""From this API's pull requests to submissions. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from shipledger.clock import to_microseconds
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.registers import as_said
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
            title=as_said(one.title),
            description=as_said(one.description),
            author=as_said(one.author),
            url=as_said(one.url),
            branch=as_said(one.branch),
            target_branch=as_said(one.target_branch),
            labels=one.labels or UNSET,
            opened_at=as_said(one.opened_at),
            reviewed_at=as_said(one.reviewed_at),
            approved_at=as_said(one.approved_at),
            merged_at=as_said(one.merged_at),
            closed_at=as_said(one.closed_at),
            head_commit=as_said(one.head_commit),
            merge_commit=as_said(one.merge_commit),
            commits=one.commits or UNSET,
            is_squash=as_said(one.is_squash),
        ),
        order=(order, item) if item else (order,),
        names=key_names(receipt) if item == 0 else (),
        left_out=receipt.parameters.get(REPLACED, ""),
    )
