"""From this API's requests to submissions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.aggregates import Recording
from shipledger.clock import to_microseconds
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import DecideGate
from shipledger.ledger.deployment import end_alias, start_alias
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import bare_uuid, derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.registers import as_said
from shipledger.ledger.state import PHASES, SEVERITIES, is_final
from shipledger.ledger.submission import (
    Alias,
    CiRun,
    Environment,
    Facts,
    RecordDeployment,
    Release,
    StateReport,
)
from shipledger.protocols.native.bodies import read_kept
from shipledger.protocols.native.gate_bodies import read_decision, read_kept_gate
from shipledger.protocols.native.incident_bodies import read_kept_incidents
from shipledger.protocols.native.incident_translate import to_incident_submissions
from shipledger.protocols.native.mark_bodies import read_kept_deployment_marks, read_kept_incident_marks
from shipledger.protocols.native.mark_translate import to_incident_mark, to_mark
from shipledger.protocols.native.merging_bodies import to_merging
from shipledger.protocols.native.pull_request_bodies import read_kept_pull_requests
from shipledger.protocols.native.pull_request_translate import to_pull_requests
from shipledger.protocols.native.request_key import key_identities, key_names
from shipledger.protocols.native.vocabulary import (
    ASK_GATE,
    DECIDE_GATE,
    GATED_PARAMETER,
    MARK,
    MARK_INCIDENT,
    MERGE,
    RECORD,
    RECORD_INCIDENT,
    RECORD_INCIDENT_LIST,
    RECORD_LIST,
    RECORD_PULL_REQUEST,
    RECORD_PULL_REQUEST_LIST,
    SOURCE,
    SPLIT,
)
from shipledger.protocols.native.wire import DeploymentIn
from shipledger.protocols.wire_json import REPLACED

IDENTITY_SCOPE = "native:deployment"
RUN_SCOPE = "native:run"

_SAID, _OF_THE_JOB, _ASSUMED = 1, 0, -1


def interpret(receipt: Receipt) -> Sequence[Recording]:
    """What a stored receipt asks for. Gives the same whenever it is asked."""
    read = _READERS.get(receipt.operation)
    if read is None:
        raise ValueError(f"this version does not know the operation {receipt.operation}")
    return read(receipt)


def own_id(receipt_id: str, item: int) -> str:
    """The id of the deployment that an item of a receipt records, when that is a new one."""
    return derive_id(receipt_id, item, "deployment")


def to_submissions(receipt: Receipt, deployments: Sequence[DeploymentIn]) -> tuple[RecordDeployment, ...]:
    """What a receipt with these deployments asks for."""
    return tuple(_to_submission(receipt, item, deployment) for item, deployment in enumerate(deployments))


def to_gate_requests(receipt: Receipt, deployments: Sequence[DeploymentIn]) -> tuple[RecordDeployment, ...]:
    """What a receipt with a deployment asks for that waits for a decision."""
    return tuple(replace(one, asks_for_gate=True) for one in to_submissions(receipt, deployments))


def to_decisions(receipt: Receipt, status: GateStatus, reason: str) -> tuple[DecideGate, ...]:
    """What a receipt with a decision asks for."""
    names = key_names(receipt)
    return (DecideGate(deployment_id=receipt.parameters[GATED_PARAMETER], status=status, reason=reason, names=names),)


def _to_submission(receipt: Receipt, item: int, deployment: DeploymentIn) -> RecordDeployment:
    """What an item asks for.

    Reports with one id are of one series, whose runs are told apart by their times. A start that nobody says is assumed:
    when the job began that reports, else when it was heard of; of an end without either, only the end counts.
    """
    said_at = _said_at(deployment)
    happened_at = said_at or receipt.accepted_at
    event_us = receipt.order_us if said_at is None else to_microseconds(said_at)
    start, start_order = _start(deployment, happened_at)
    series = _series(deployment)
    has_no_start = start_order == _ASSUMED and is_final(deployment.state)
    return RecordDeployment(
        source=SOURCE,
        deployment_id=own_id(receipt.receipt_id, item),
        identities=_identities(deployment, start, series, has_no_start=has_no_start) or key_identities(receipt, item),
        names=key_names(receipt) if item == 0 else (),
        series=series,
        has_no_start=has_no_start,
        run_started_at=None if has_no_start else start,
        facts=Facts(
            external_id=as_said(deployment.external_id),
            environment=Environment(
                id=deployment.environment,
                name=deployment.environment_name or deployment.environment,
                tier=deployment.tier,
                original_tier=deployment.sent_tier,
            ),
            title=as_said(deployment.title),
            description=as_said(deployment.description),
            url=as_said(deployment.url),
            releases=tuple(Release(repository=one.repository, commit=one.commit) for one in deployment.releases) or UNSET,
            version=as_said(deployment.version),
            services=UNSET if deployment.service is None else (deployment.service,),
            actor=as_said(deployment.actor),
            ci=_to_run(deployment),
            is_hotfix=as_said(deployment.is_hotfix),
            is_fix=as_said(deployment.is_fix),
            is_forced=as_said(deployment.is_forced),
        ),
        order=(receipt.order_us, item) if item else (receipt.order_us,),
        assumed=Facts(started_at=start),
        assumed_order=(start_order, -to_microseconds(start)),
        state=StateReport(
            state=deployment.state,
            original=deployment.sent_state,
            order=(PHASES[deployment.state], event_us, SEVERITIES[deployment.state]),
            reported_at=happened_at if is_final(deployment.state) else None,
        ),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _said_at(deployment: DeploymentIn) -> datetime | None:
    """When the state came about: a final one at the end, any other at the start. None: when it was heard of."""
    return deployment.finished_at if is_final(deployment.state) else deployment.started_at


def _start(deployment: DeploymentIn, happened_at: datetime) -> tuple[datetime, int]:
    """The start that a report gives, and how much it counts; of several that count the same the earliest holds."""
    if deployment.started_at is not None:
        return deployment.started_at, _SAID
    if deployment.job_started_at is not None:
        return deployment.job_started_at, _OF_THE_JOB
    return happened_at, _ASSUMED


def _series(deployment: DeploymentIn) -> Alias | None:
    """What the reports with one id of the sender's share: the id, the service and the environment."""
    if deployment.external_id is None:
        return None
    return digest_alias(RUN_SCOPE, bare_uuid(deployment.external_id), *_place(deployment))


def _identities(deployment: DeploymentIn, start: datetime, series: Alias | None, *, has_no_start: bool) -> tuple[Alias, ...]:
    """By what a repeat is recognized: the start, together with the series or else with what was deployed.

    Without an id and a start, nothing: each report is a deployment of its own, unless its request has a key.
    """
    if series is not None:
        return (end_alias(series, start) if has_no_start else start_alias(series, start),)
    if deployment.started_at is None:
        return ()
    commits = sorted((one.repository.casefold(), one.commit.casefold()) for one in deployment.releases)
    said = ("started", to_microseconds(start), *_place(deployment), deployment.version or "", commits)
    return (digest_alias(IDENTITY_SCOPE, *said),)


def _place(deployment: DeploymentIn) -> tuple[str, str]:
    return bare_uuid(deployment.environment), (deployment.service or "").casefold()


def _to_run(deployment: DeploymentIn) -> Any:
    said = CiRun(system=deployment.ci or "", run=deployment.run or "", attempt=deployment.attempt or "", job=deployment.job or "")
    return UNSET if said == CiRun() else said


def _read_deployments(receipt: Receipt) -> Sequence[Recording]:
    return to_submissions(receipt, read_kept(receipt.body))


def _read_incidents(receipt: Receipt) -> Sequence[Recording]:
    return to_incident_submissions(receipt, read_kept_incidents(receipt.body))


def _read_pull_requests(receipt: Receipt) -> Sequence[Recording]:
    return to_pull_requests(receipt, read_kept_pull_requests(receipt.body))


_READERS: dict[str, Callable[[Receipt], Sequence[Recording]]] = {
    RECORD: _read_deployments,
    RECORD_LIST: _read_deployments,
    RECORD_INCIDENT: _read_incidents,
    RECORD_INCIDENT_LIST: _read_incidents,
    RECORD_PULL_REQUEST: _read_pull_requests,
    RECORD_PULL_REQUEST_LIST: _read_pull_requests,
    ASK_GATE: lambda receipt: to_gate_requests(receipt, read_kept_gate(receipt.body)),
    DECIDE_GATE: lambda receipt: to_decisions(receipt, *read_decision(receipt.body)),
    MARK: lambda receipt: to_mark(receipt, read_kept_deployment_marks(receipt.body)),
    MERGE: to_merging,
    SPLIT: to_merging,
    MARK_INCIDENT: lambda receipt: to_incident_mark(receipt, read_kept_incident_marks(receipt.body)),
}
"""By the operation."""
