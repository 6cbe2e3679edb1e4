"""Decide about one report on a target. Pure."""

from __future__ import annotations

from shipledger.forwarding.webhooks.fold import fold
from shipledger.forwarding.webhooks.model import KIND, ReportWebhookAdded, ReportWebhookRemoved, WebhookLife, WebhookSubmission
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide(question: Question) -> Decided:
    """The outcome of a report: nothing that is reported is refused, and a target begins and ends once."""
    said: WebhookSubmission = question.submission
    current: WebhookLife | None = question.current
    is_told = current is not None and (
        isinstance(said, ReportWebhookAdded) or (isinstance(said, ReportWebhookRemoved) and current.removed_at is not None)
    )
    if is_told:
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=said.target_id))
    entry = question.enter(KIND, said.target_id, said, after=current)
    return Decided(Verdict(VerdictKind.APPLIED, subject=said.target_id), entries=(entry,), states=(fold(current, entry),))
