"""The lives of targets, described as an aggregate."""

from __future__ import annotations

from typing import get_args

from shipledger.forwarding.webhooks.decide import decide
from shipledger.forwarding.webhooks.fold import fold_history
from shipledger.forwarding.webhooks.model import KIND, WebhookLife, WebhookSubmission
from shipledger.forwarding.webhooks.names import call, known_by, names_in
from shipledger.ledger.aggregate import Aggregate, Keeping
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.verdict import Reason

WEBHOOKS = Aggregate(
    kind=KIND,
    submissions=get_args(WebhookSubmission),
    records=get_args(WebhookSubmission),
    removals=(),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names_in, known_by, decide, about=names_in)),
    state=WebhookLife,
    fold_history=fold_history,
    keeping=Keeping(entries="webhook_entry", table="webhook", id="webhook_id"),
    is_shared=True,
)
