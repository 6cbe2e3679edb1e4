"""Fold entries into the life of a target. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.forwarding.webhooks.model import ReportWebhookAdded, ReportWebhookRemoved, WebhookLife, WebhookSubmission
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.replay import replay


def fold_history(entries: Sequence[RecordEntry]) -> WebhookLife | None:
    """The life that all entries make; None when the first one is erased."""
    return replay(entries, fold, begins=lambda entry: isinstance(entry.submission, WebhookSubmission))


def fold(current: WebhookLife | None, entry: RecordEntry) -> WebhookLife:
    """The life after ``entry``."""
    said = entry.submission
    if current is None:
        current = WebhookLife(organization_id=entry.organization_id, webhook_id=entry.subject_id, version=0, name=said.name)
    after = replace(current, version=entry.version)
    if isinstance(said, ReportWebhookAdded):
        return replace(after, address=said.address, topics=said.topics, added_at=entry.recorded_at)
    if isinstance(said, ReportWebhookRemoved):
        return replace(after, removed_at=entry.recorded_at)
    return after
