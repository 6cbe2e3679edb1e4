"""What this API answers, from what was read and what is stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import UNSET

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import RecordDeployment, Refuse
from shipledger.protocols.jira.associations import merge_unknown
from shipledger.protocols.jira.bulk import BulkIn
from shipledger.protocols.jira.vocabulary import SCHEMA_VERSION
from shipledger.protocols.jira.wire import (
    AssociationOut,
    DeploymentIn,
    DeploymentOut,
    ErrorOut,
    NamedOut,
    RejectedOut,
    SubmitOut,
    UnknownAssociationOut,
)
from shipledger.protocols.times import format_time


def to_submit_answer(bulk: BulkIn, submissions: Sequence[RecordDeployment | Refuse]) -> SubmitOut:
    """The answer to submit: every deployment is in exactly one of the first two lists."""
    judged = tuple(zip(bulk.items, submissions, strict=True))
    return SubmitOut(
        accepted_deployments=[item.key for item, submission in judged if isinstance(submission, RecordDeployment)],
        rejected_deployments=[
            RejectedOut(key=item.key, errors=[ErrorOut(message) for message in item.errors or (submission.sentence,)])
            for item, submission in judged
            if isinstance(submission, Refuse)
        ],
        unknown_issue_keys=_once(key for item in bulk.items for key in item.associations.unknown_issue_keys),
        unknown_associations=[
            UnknownAssociationOut(association_type=kind, values=values)
            for kind, values in merge_unknown(pair for item in bulk.items for pair in item.associations.unknown).items()
        ],
    )


def to_deployment_answer(deployment: DeploymentIn) -> DeploymentOut:
    """The answer of get by key, once ``deployment`` is stored: as it was sent, without what is unknown."""
    return DeploymentOut(
        deployment_sequence_number=deployment.sequence_number,
        update_sequence_number=deployment.update_number,
        issue_keys=deployment.issue_keys or UNSET,
        associations=tuple(AssociationOut(association.type, association.values) for association in deployment.associations)
        or UNSET,
        display_name=deployment.display_name,
        url=deployment.url,
        description=deployment.description,
        last_updated=format_time(deployment.last_updated),
        label=UNSET if deployment.label is None else deployment.label,
        duration=UNSET if deployment.duration is None else deployment.duration,
        triggered_by=UNSET if deployment.email is None else {"email": deployment.email},
        state=deployment.state,
        pipeline=NamedOut(id=deployment.pipeline.id, display_name=deployment.pipeline.display_name, url=deployment.pipeline.url),
        environment=NamedOut(
            id=deployment.environment.id,
            display_name=deployment.environment.display_name,
            type=deployment.environment.type,
        ),
        commands=tuple({"command": command} for command in deployment.commands) or UNSET,
        schema_version=SCHEMA_VERSION,
    )


def stored_answer(deployment: Deployment) -> dict[str, Any] | None:
    """The answer of get by key that was kept with the deployment; None for a deployment of another protocol."""
    original = deployment.facts.original
    answer = original.get("deployment") if isinstance(original, dict) else None
    return answer if isinstance(answer, dict) else None


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
