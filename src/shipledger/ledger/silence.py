"""Since when nothing was heard of a deployment that has not ended, and what the ledger asks for when that is too long. Pure.

A deployment whose sender went silent would run for ever. So the ledger writes a receipt to itself, by which it is given up:
an entry that says why, and no report of a state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import separated_versions
from shipledger.ledger.identity import moment_of, new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import State
from shipledger.ledger.submission import ChangeState, GiveUp, Pipeline, RecordDeployment, StateReport

PROTOCOL = "shipledger"
"""Of receipts that the ledger writes to itself. They have no credential."""
OPERATION = "give-up"

WAITING_STATES = (State.IN_PROGRESS, State.PENDING)
"""States in which an end is waited for. One that its sender calls unknown is shown so already."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""The clocks of nodes may differ by less, and a clock that is set by less has not jumped."""

_decode = msgspec.json.Decoder(GiveUp).decode


def find_last_heard(report: StateReport, entries: Sequence[Entry]) -> Entry | None:
    """The entry with the ``report`` that stands, as it was first accepted; None when no entry has it."""
    separated = separated_versions(entries)
    return next((one for one in entries if one.version not in separated and _report_of(one) == report), None)


def silent_since(deployment: Deployment, heard_at: datetime, *, even_since: datetime, now: datetime) -> datetime | None:
    """Since when nothing was heard, as far as the clock can tell; None where it is not time yet to hear of it.

    Before ``even_since`` the clock had jumped, or nobody was there to hear: from then on nothing was heard for certain. What
    has a time of acceptance long after ``now`` was accepted while the clock was ahead. What only waits may be planned for later.
    """
    since = even_since if heard_at - now > CLOCKS_DIFFER else max(heard_at, even_since)
    planned_at = deployment.started_at if deployment.state is State.PENDING else None
    if planned_at is None:
        return since
    return None if planned_at > now else max(since, planned_at)


def names_of_pipeline(deployment: Deployment) -> tuple[str, ...]:
    """What the pipeline of a deployment is called: as its sender names it, by the repositories, and by the services."""
    pipeline = deployment.facts.pipeline
    named = (pipeline.id, pipeline.name) if isinstance(pipeline, Pipeline) else ()
    return (*named, *(release.repository for release in deployment.releases), *(deployment.facts.services or ()))


def ask_to_give_up(deployment: Deployment, submission: GiveUp, last: Entry, *, now: datetime) -> Receipt:
    """The receipt by which the ledger asks for ``submission``. Whoever asks the same of the same version makes the same one.

    Its id is hardly younger than that of the ``last`` report, so it stands behind that in lists, whenever it is written.
    """
    said = f"{deployment.deployment_id}/{deployment.version}/{submission.order}"
    randomness = hashlib.blake2b(said.encode(), digest_size=8).digest()
    return Receipt(
        organization_id=deployment.organization_id,
        receipt_id=new_id(moment_of(last.receipt_id) + timedelta(microseconds=1), randomness),
        credential_id="",
        protocol=PROTOCOL,
        operation=OPERATION,
        parameters={"deployment_id": deployment.deployment_id},
        body=msgspec.json.encode(submission).decode(),
        accepted_at=now,
    )


def interpret(receipt: Receipt) -> Sequence[GiveUp]:
    """What a receipt of the ledger asks for."""
    return (_decode(receipt.body),)


def _report_of(entry: Entry) -> StateReport | None:
    submission = entry.submission
    return submission.state if isinstance(submission, RecordDeployment | ChangeState) else None
