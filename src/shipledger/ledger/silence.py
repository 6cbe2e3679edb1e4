"""How long a running deployment has been silent, and what the ledger does if that is too long. Pure.

A deployment whose sender went silent would run forever. So the ledger writes itself a receipt that gives it up:
an entry with the reason, not a state report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import separated_versions
from shipledger.ledger.identity import moment_of
from shipledger.ledger.own_receipts import make_receipt
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import State
from shipledger.ledger.submission import ChangeState, GiveUp, Pipeline, RecordDeployment, StateReport

OPERATION = "give-up"

WAITING_STATES = (State.IN_PROGRESS, State.PENDING)
"""States that expect an end. A deployment reported as unknown is already shown so."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""Clocks of nodes differ by less, and smaller changes of a clock are not jumps."""


def find_last_heard(report: StateReport, entries: Sequence[Entry]) -> Entry | None:
    """The first accepted entry with the current ``report``; None if there is none."""
    separated = separated_versions(entries)
    return next((one for one in entries if one.version not in separated and _report_of(one) == report), None)


def silent_since(deployment: Deployment, heard_at: datetime, *, even_since: datetime, now: datetime) -> datetime | None:
    """Since when the deployment has been silent, as far as the clock can tell; None if no report is expected yet.

    Before ``even_since`` the clock had jumped or no server was running, so the silence counts from then. An
    acceptance time far after ``now`` is from a clock that was ahead. Pending deployments may be planned for later.
    """
    since = even_since if heard_at - now > CLOCKS_DIFFER else max(heard_at, even_since)
    planned_at = deployment.started_at if deployment.state is State.PENDING else None
    if planned_at is None:
        return since
    return None if planned_at > now else max(since, planned_at)


def names_of_pipeline(deployment: Deployment) -> tuple[str, ...]:
    """The names of a deployment's pipeline: the sender's, its repositories and its services."""
    pipeline = deployment.facts.pipeline
    named = (pipeline.id, pipeline.name) if isinstance(pipeline, Pipeline) else ()
    return (*named, *(release.repository for release in deployment.releases), *(deployment.facts.services or ()))


def ask_to_give_up(deployment: Deployment, submission: GiveUp, last: Entry, *, now: datetime) -> Receipt:
    """The ledger's own receipt for ``submission``. Deterministic for the same version of a deployment.

    Its id directly follows that of the ``last`` report, so it is listed after that, whenever it is written.
    """
    seed = f"{deployment.deployment_id}/{deployment.version}/{submission.order}"
    after = moment_of(last.receipt_id)
    return make_receipt(deployment, submission, operation=OPERATION, after=after, seed=seed, now=now)


def _report_of(entry: Entry) -> StateReport | None:
    submission = entry.submission
    return submission.state if isinstance(submission, RecordDeployment | ChangeState) else None
