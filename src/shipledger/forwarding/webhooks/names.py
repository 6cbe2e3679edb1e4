"""The names by which lives of targets are found. Pure."""

from __future__ import annotations

from shipledger.forwarding.webhooks.model import WebhookLife, WebhookSubmission
from shipledger.ledger.submission import Alias

ID = ""


def names_in(submission: WebhookSubmission) -> tuple[Alias, ...]:
    """The name that says which target a report is about."""
    return (Alias(ID, submission.target_id),)


def known_by(life: WebhookLife) -> tuple[Alias, ...]:
    """The name of a life."""
    return (Alias(ID, life.webhook_id),)


def call(submission: WebhookSubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.target_id
