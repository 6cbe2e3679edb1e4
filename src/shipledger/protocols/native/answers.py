"""From the ledger's records to this API's answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipledger.access.people.known_people import KnownPeople, Who
from shipledger.incidents.model import Incident
from shipledger.ledger.ahead import describe_ahead, is_far_ahead
from shipledger.ledger.corrections import find_in_force
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.registers import known
from shipledger.ledger.submission import CiRun
from shipledger.ledger.titles import title_of
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.protocols.native.mark_answers import to_deployment_marks, to_marked
from shipledger.protocols.native.merging_wire import to_sources, to_witness
from shipledger.protocols.native.wire import DeployerOut, DeploymentOut, ReleaseOut, RequestOut, RequestVerdictOut, VerdictOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.pull_requests.model import PullRequest

SENDER, COMMIT = "sender", "commit"
"""Who says who deployed."""


def to_deployment(
    deployment: Deployment, names: EnvironmentNames, people: KnownPeople, services: Sequence[str] = ()
) -> DeploymentOut:
    """The record of a deployment of any protocol.

    ``names``: those of environments. ``people``: whom senders mean. ``services``: those that its repositories are mapped to.
    """
    who = people.find(deployment)
    facts = deployment.facts
    environment = deployment.environment
    run = known(facts.ci) or CiRun()
    return DeploymentOut(
        id=deployment.deployment_id,
        external_id=deployment.external_id,
        service=next(iter(known(facts.services) or services), None),
        environment=(environment.id or None) if environment else None,
        environment_name=(environment.name or None) if environment else None,
        tier=environment.tier if environment else None,
        state=deployment.shown_state,
        reported_state=deployment.as_reported.state,
        state_reason=_reason_of(deployment),
        started_at=format_known_time(deployment.started_at),
        finished_at=format_known_time(deployment.finished_at),
        time_remark=_remark_on(deployment),
        version=known(facts.version),
        releases=tuple(ReleaseOut(repository=one.repository, commit=one.commit) for one in deployment.releases),
        actor=known(facts.actor),
        title=known(facts.title),
        description=known(facts.description),
        url=known(facts.url),
        ci=run.system or None,
        run=run.run or None,
        attempt=run.attempt or None,
        job=run.job or None,
        is_hotfix=known(facts.is_hotfix),
        is_fix=known(facts.is_fix),
        is_forced=known(facts.is_forced),
        issues=deployment.issue_keys,
        marks=to_deployment_marks(facts),
        marked=to_marked(deployment.marked),
        source=deployment.source,
        recorded_at=format_time(deployment.recorded_at),
        updated_at=format_time(deployment.updated_at),
        canonical_environment=(names.call(environment.name) or None) if environment else None,
        person=to_person(who),
        actor_from=None if who is None else COMMIT if who.commit else SENDER,
        actor_commit=(who.commit or None) if who else None,
        display_title=title_of(deployment),
        corrected=tuple(sorted(find_in_force(deployment.corrections))),
        merged_into=deployment.merged_into or None,
        witnesses=tuple(map(to_witness, deployment.told)),
        sources=to_sources(deployment),
    )


def to_person(who: Who | None) -> DeployerOut | None:
    """The person who deployed, or the author of a commit whom nobody knows; None for the mere word of a sender."""
    if who is None or (who.person is None and not who.commit):
        return None
    return DeployerOut(None if who.person is None else who.person.person_id, who.name)


def _remark_on(deployment: Deployment) -> str | None:
    """What keeps its times from being believed."""
    moments = (deployment.started_at, deployment.report.reported_at)
    ahead = next((moment for moment in moments if is_far_ahead(moment, deployment.updated_at)), None)
    return None if ahead is None else describe_ahead(ahead)


def _reason_of(deployment: Deployment) -> str | None:
    """Why another state is shown than the one that was reported."""
    given_up = deployment.given_up
    if given_up is None or not deployment.is_given_up:
        return None
    hours = f"{given_up.after_seconds / 3_600:g}"
    return f"No report for {hours} hours, since {format_time(given_up.heard_at)}. A later one replaces this."


def to_verdict(verdict: Verdict) -> VerdictOut:
    """A verdict."""
    return VerdictOut(kind=verdict.kind, reason=verdict.reason or None, sentence=verdict.sentence or None)


def list_subjects(settlement: Settlement) -> list[str]:
    """What the verdicts on a request may be about besides deployments, as ids."""
    subjects = (_subject_of(one) for one in settlement.verdicts if one.deployment_id is None)
    return list(dict.fromkeys(one for one in subjects if one))


def to_request(settlement: Settlement, kinds: Mapping[str, str]) -> RequestOut:
    """What became of a request, of whatever protocol. ``kinds``: those of the records that verdicts are about, by their ids."""
    return RequestOut(
        request_id=settlement.receipt_id,
        state=settlement.state,
        accepted_at=format_time(settlement.accepted_at),
        settled_at=format_known_time(settlement.settled_at),
        verdicts=tuple(_to_request_verdict(one, kinds) for one in settlement.verdicts),
    )


def _to_request_verdict(one: Verdict, kinds: Mapping[str, str]) -> RequestVerdictOut:
    record_id = one.deployment_id or _subject_of(one)
    kind = Deployment.kind if one.deployment_id else kinds.get(record_id or "")
    return RequestVerdictOut(
        kind=one.kind,
        reason=one.reason or None,
        sentence=one.sentence or None,
        record_kind=kind,
        record_id=None if kind is None else record_id,
        deployment_id=one.deployment_id,
        incident_id=record_id if kind == Incident.kind else None,
        pull_request_id=record_id if kind == PullRequest.kind else None,
    )


def _subject_of(verdict: Verdict) -> str | None:
    """The id of the record that a verdict is about, if it may be one: of what was rejected it is what the reason names."""
    return None if verdict.kind is VerdictKind.REJECTED else verdict.subject or None
