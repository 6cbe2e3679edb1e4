"""The names by which receipts concern deployments. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shipledger.ledger.aggregate import EVERYTHING
from shipledger.ledger.deployment import Deployment, external_alias
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Correct,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    Merge,
    OfWitness,
    RecordDeployment,
    Refuse,
    Remove,
    RemoveMatching,
    Separate,
    Split,
    Submission,
    TakeIn,
    UndoCorrection,
)

_OF_A_TARGET = (ChangeState, Amend, Mark, Correct, UndoCorrection, Remove, Merge, Split)


def names_in(submission: Submission) -> Iterable[Alias]:
    """The names that a submission concerns."""
    return _NAMES_IN[type(submission)](submission)


def names_of(deployment: Deployment) -> list[Alias]:
    """The names by which receipts may concern a deployment."""
    external = external_alias(deployment.namespace or deployment.source, deployment.external_id)
    return [Alias(scope="", key=deployment.deployment_id), *deployment.identities, *deployment.names, external]


def known_by(deployment: Deployment) -> list[Alias]:
    """Every name by which a deployment is found. A removed one has its id alone."""
    return [Alias(scope="", key=deployment.deployment_id), *deployment.aliases]


def call(submission: Submission) -> str:
    """A name by which the sender can identify an item."""
    if isinstance(submission, RecordDeployment):
        facts = submission.facts
        if facts.pipeline and facts.environment:
            return f"{facts.pipeline.id}/{facts.environment.id}/{facts.sequence}"
        return facts.external_id or submission.assumed.external_id or facts.title or ""
    return submission.target.key if isinstance(submission, _OF_A_TARGET) else ""


def services_in(submission: Submission) -> Iterable[str]:
    """The services that a submission names, without ids of other tools."""
    if not isinstance(submission, RecordDeployment | Amend) or not submission.facts.services:
        return ()
    foreign = submission.foreign_services if isinstance(submission, RecordDeployment) else ()
    return [name for name in submission.facts.services if name not in foreign]


def _in_record(record: RecordDeployment) -> Iterable[Alias]:
    """The names shared by all receipts that may be about the same thing.

    Receipts with the same series or identity have the same external id, if any; identities of a series differ only by
    run; and receipts recognized as alike share the last name.
    """
    external_id = record.facts.external_id
    if isinstance(external_id, str):
        called = (external_alias(record.namespace or record.source, external_id), *record.names)
    else:
        called = (*(record.identities if record.series is None else (record.series,)), *record.names)
    return called if record.recognition is None else (*called, *record.recognition.names[-1:])


def _in_target(asked: ChangeState | Amend | Mark | Correct | UndoCorrection | Remove | Merge | Split) -> Iterable[Alias]:
    return (Alias(scope=asked.target.scope or "", key=asked.target.key),)


def _in_merge(asked: Merge) -> Iterable[Alias]:
    return (*_in_target(asked), Alias(scope="", key=asked.into))


def _in_everything(_: RemoveMatching) -> Iterable[Alias]:
    return (EVERYTHING,)


def _in_nothing(_: Refuse | Separate | GiveUp | OfWitness) -> Iterable[Alias]:
    """Giving up commutes with everything else; no receipt asks for the others."""
    return ()


_NAMES_IN: dict[type, Callable[[Any], Iterable[Alias]]] = {
    RecordDeployment: _in_record,
    ChangeState: _in_target,
    Amend: _in_target,
    Mark: _in_target,
    Correct: _in_target,
    UndoCorrection: _in_target,
    Remove: _in_target,
    RemoveMatching: _in_everything,
    Refuse: _in_nothing,
    Separate: _in_nothing,
    GiveUp: _in_nothing,
    Merge: _in_merge,
    Split: _in_target,
    TakeIn: _in_nothing,
    Hear: _in_nothing,
    LetGo: _in_nothing,
}
