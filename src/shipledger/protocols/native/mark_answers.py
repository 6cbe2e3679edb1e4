"""From marks to this API's answers, in the form in which they are sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from shipledger.incidents.marks import Cause, IncidentMarks
from shipledger.ledger.marks import Marking
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Facts, Remediation
from shipledger.protocols.native.mark_wire import (
    ActorOut,
    CauseOut,
    DeploymentMarksOut,
    IncidentMarksOut,
    MarkingOut,
    RemediationOut,
)
from shipledger.protocols.times import format_time


def to_deployment_marks(facts: Facts) -> DeploymentMarksOut:
    """The marks of a deployment."""
    return DeploymentMarksOut(
        change_failure=known(facts.is_change_failure),
        unplanned=known(facts.is_unplanned),
        remediation=_to_remediation(known(facts.remediation)),
        note=known(facts.note),
    )


def to_incident_marks(marks: IncidentMarks) -> IncidentMarksOut:
    """The marks of an incident."""
    potential = known(marks.potential_causes)
    return IncidentMarksOut(
        caused_by=known(marks.caused_by),
        root_cause=_to_commit(known(marks.root_cause)),
        potential_causes=None if potential is None else tuple(one.deployment_id or _to_commit(one) or "" for one in potential),
        not_caused_by_deployment=known(marks.not_caused_by_deployment),
        duplicate_of=known(marks.duplicate_of),
        note=known(marks.note),
    )


def to_marked(marked: Mapping[str, Marking]) -> dict[str, MarkingOut]:
    """Who said each mark last, by the member as it is sent."""
    return {
        name.removeprefix("is_"): MarkingOut(
            at=format_time(one.at), actor=None if one.actor is None else ActorOut(one.actor.kind, one.actor.id)
        )
        for name, one in sorted(marked.items())
    }


def _to_remediation(said: Remediation | None) -> RemediationOut | None:
    return None if said is None else RemediationOut(deployment=said.id, type=said.kind or None, version=said.version)


def _to_commit(cause: Cause | None) -> CauseOut | None:
    return None if cause is None else CauseOut(repository=cause.repository, commit=cause.commit)
