"""What happened to a target of messages, and what may be reported of that. A life is the fold of its entries.

The target itself, with its address and secret, is no part of it: that stands in a table of its own, and never in an entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias

from msgspec import Struct

KIND = "webhook"


class ReportWebhookAdded(Struct, frozen=True, tag="report-webhook-added", omit_defaults=True):
    """A webhook was added. ``address`` has no path, which may be a secret."""

    target_id: str
    name: str
    address: str
    topics: tuple[str, ...] = ()


class ReportSecretReplaced(Struct, frozen=True, tag="report-webhook-secret", omit_defaults=True):
    """A webhook has a new secret."""

    target_id: str
    name: str


class ReportWebhookRemoved(Struct, frozen=True, tag="report-webhook-removed", omit_defaults=True):
    """A webhook was removed, with its messages."""

    target_id: str
    name: str


class ReportRedelivered(Struct, frozen=True, tag="report-redelivered", omit_defaults=True):
    """Messages to a target will be sent again."""

    target_id: str
    name: str
    message_ids: tuple[str, ...] = ()


class ReportGivenUp(Struct, frozen=True, tag="report-given-up", omit_defaults=True):
    """Messages to a target were given up."""

    target_id: str
    name: str
    message_ids: tuple[str, ...] = ()
    reason: str = ""


WebhookSubmission: TypeAlias = (
    ReportWebhookAdded | ReportSecretReplaced | ReportWebhookRemoved | ReportRedelivered | ReportGivenUp
)


class WebhookLife(Struct, frozen=True):
    """What is known of the life of a target. ``added_at`` is None for an app, which becomes a target by itself."""

    organization_id: str
    webhook_id: str
    version: int
    name: str
    address: str = ""
    topics: tuple[str, ...] = ()
    added_at: datetime | None = None
    removed_at: datetime | None = None

    kind: ClassVar[str] = KIND
    is_removed: ClassVar[bool] = False

    @property
    def subject_id(self) -> str:
        """The id of the target."""
        return self.webhook_id
