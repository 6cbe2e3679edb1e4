"""Decide one submission."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.actor import actor_of
from shipledger.ledger.ahead import describe_ahead, is_far_ahead
from shipledger.ledger.correcting import find_fault, is_outdated, name_overruled
from shipledger.ledger.corrections import MOST_CORRECTIONS, describe_last
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import Join, advance, join, said_start
from shipledger.ledger.marks import CONTRADICTING, find_contradiction
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.remedies import remediation_of
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    Mark,
    Merge,
    OfWitness,
    Order,
    RecordDeployment,
    Refuse,
    RemoveMatching,
    Separate,
    Split,
    Submission,
    UndoCorrection,
)
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


class Situation(Struct, frozen=True):
    """Everything a decision may depend on besides the submission.

    ``current``: the deployment that the submission concerns, or None. ``connected_workspaces``: the
    known workspaces, or None if unknown ones are accepted. ``before``: the run before the one that it starts.
    ``has_moved``: it shows that earlier reports belong to another run than the one that had them. ``unknown``: the deployments
    that a mark names and nobody has recorded. ``successor_id``: the deployment that its sender has reported since it was removed.
    """

    current: Deployment | None
    connected_workspaces: frozenset[str] | None = None
    before: Deployment | None = None
    has_moved: bool = False
    unknown: tuple[str, ...] = ()
    successor_id: str = ""


class Decision(Struct, frozen=True):
    """The verdict, and the entry to append with the resulting deployment; both None if nothing is appended."""

    verdict: Verdict
    entry: Entry | None = None
    deployment: Deployment | None = None


def decide(situation: Situation, receipt: Receipt, item: int, submission: Submission, now: datetime) -> Decision:
    """The outcome of ``submission``, item ``item`` of ``receipt``, at ``now``. Total: every input has a verdict.

    A duplicate may append an entry: if it repeats known values with a greater order, the order must be recorded,
    or a report in between that is processed later would win.
    """
    refusal = _refuse(situation, submission)
    if refusal is not None:
        return Decision(verdict=refusal)
    current = situation.current
    entry = Entry(
        organization_id=receipt.organization_id,
        deployment_id=current.deployment_id if current else _id_of(submission),
        version=current.version + 1 if current else 1,
        receipt_id=receipt.receipt_id,
        item=item,
        accepted_at=receipt.accepted_at,
        recorded_at=now,
        submission=submission,
        actor=actor_of(receipt),
    )
    joined = join(current, entry)
    contradiction = _find_contradiction(submission, joined, receipt)
    if contradiction:
        return Decision(verdict=_reject_change(joined.deployment, Reason.CONTRADICTION, contradiction))
    if isinstance(submission, Correct) and not joined.changed:
        return Decision(verdict=_reject_change(joined.deployment, Reason.NOTHING_NEW, "Nothing would change: all of this holds."))
    verdict = _judge_replacement(submission, current, joined) or _judge(entry.deployment_id, submission, joined)
    verdict = _tell_ahead(_tell_left_out(verdict, submission), receipt, submission)
    verdict = _tell_runs(verdict, situation, submission)
    if joined.deployment.reported is not None:
        verdict = _tell_overruled(verdict, joined, submission)
    if not joined.raised:
        return Decision(verdict=verdict)
    return Decision(verdict=verdict, entry=entry, deployment=advance(joined.deployment, entry))


def _refuse(situation: Situation, submission: Submission) -> Verdict | None:
    if isinstance(submission, RecordDeployment):
        return _refuse_workspace(situation, submission)
    if isinstance(submission, Refuse):
        return Verdict(
            kind=VerdictKind.REJECTED,
            reason=submission.reason,
            sentence=submission.sentence,
            subject=submission.subject,
        )
    if isinstance(submission, RemoveMatching):
        return Verdict(
            kind=VerdictKind.REJECTED,
            reason=Reason.NO_MATCH,
            sentence="No deployment of this sender has these properties.",
        )
    if isinstance(submission, Separate | Merge | Split | OfWitness):
        raise TypeError("no receipt asks for this, or it is decided in ledger/merging.py")
    if situation.current is None:
        return Verdict(
            kind=VerdictKind.REJECTED,
            reason=Reason.UNKNOWN_DEPLOYMENT,
            sentence="No deployment of this organization has this identifier.",
            subject=submission.target.key,
        )
    return _refuse_change(situation, situation.current, submission)


def _refuse_change(situation: Situation, current: Deployment, submission: Submission) -> Verdict | None:
    if isinstance(submission, Mark):
        return _refuse_mark(current, situation.unknown, submission)
    if isinstance(submission, Correct | UndoCorrection):
        return _refuse_correction(current, situation.successor_id, submission)
    if not isinstance(submission, Amend) or not current.is_managed_elsewhere:
        return None
    sentence = "This deployment was imported from the tool that ran it and can only be changed there."
    return _reject_change(current, Reason.MANAGED_ELSEWHERE, sentence)


def _refuse_mark(current: Deployment, unknown: tuple[str, ...], mark: Mark) -> Verdict | None:
    """The refusal of a mark that names what it must not name."""
    if unknown:
        sentence = f"There is no deployment with the id {unknown[0]}, which remediation names."
        return _reject_change(current, Reason.UNKNOWN_TARGET, sentence, unknown[0])
    remedy = remediation_of(mark.facts)
    if remedy is None or remedy.scope is not None or remedy.id != current.deployment_id:
        return None
    return _reject_change(current, Reason.CONTRADICTION, "A deployment cannot remedy itself: name the one that remedied it.")


def _refuse_correction(current: Deployment, successor_id: str, submission: Correct | UndoCorrection) -> Verdict | None:
    """The refusal of a correction by somebody who has not seen the last one, of one too many, or of an undo of nothing."""
    if is_outdated(current, submission):
        last = describe_last(current.corrections)
        sentence = f"Somebody else has corrected this deployment since{f' ({last})' if last else ''}; look at it again."
        return _reject_change(current, Reason.CHANGED_MEANWHILE, sentence)
    if isinstance(submission, UndoCorrection):
        return _refuse_undo(current, successor_id, submission)
    if len(current.corrections) < MOST_CORRECTIONS:
        return None
    sentence = f"A deployment may be corrected {MOST_CORRECTIONS} times; undo some of its corrections instead."
    return _reject_change(current, Reason.TOO_LARGE, sentence)


def _refuse_undo(current: Deployment, successor_id: str, undo: UndoCorrection) -> Verdict | None:
    undone_id = undo.correction_id
    meant = next((one for one in current.corrections if one.correction_id == undone_id), None)
    if meant is None:
        sentence = f"This deployment has no correction with the id {undone_id}."
        return _reject_change(current, Reason.UNKNOWN_TARGET, sentence, undone_id)
    if meant.undone is not None:
        return _reject_change(current, Reason.NOTHING_NEW, "This correction is undone already.")
    if successor_id:
        sentence = f"Its sender has reported it again since, as deployment {successor_id}; remove that one first."
        return _reject_change(current, Reason.CONTRADICTION, sentence, successor_id)
    return None


def _find_contradiction(submission: Submission, joined: Join, receipt: Receipt) -> str:
    """What a mark or a correction brings into contradiction. One that a sender's own record brought in refuses no other mark."""
    if isinstance(submission, Correct):
        return find_fault(joined.deployment, submission, receipt.accepted_at)
    if not isinstance(submission, Mark) or CONTRADICTING.isdisjoint(joined.changed):
        return ""
    return find_contradiction(joined.deployment.alone.facts)


def _reject_change(current: Deployment, reason: Reason, sentence: str, subject: str = "") -> Verdict:
    return Verdict(
        kind=VerdictKind.REJECTED, deployment_id=current.deployment_id, reason=reason, sentence=sentence, subject=subject
    )


def _refuse_workspace(situation: Situation, submission: RecordDeployment) -> Verdict | None:
    if situation.connected_workspaces is None:
        return None
    for workspace in submission.required_workspaces:
        if workspace.casefold() not in situation.connected_workspaces:
            return Verdict(
                kind=VerdictKind.REJECTED,
                reason=Reason.UNKNOWN_WORKSPACE,
                sentence=f"The workspace {workspace} is not mapped to a service, and this ledger rejects unknown workspaces.",
                subject=submission.workspace_originals.get(workspace, workspace),
            )
    return None


def _id_of(submission: Submission) -> str:
    assert isinstance(submission, RecordDeployment)  # noqa: S101  others were refused without a current deployment
    return submission.deployment_id


def _judge_replacement(submission: Submission, current: Deployment | None, joined: Join) -> Verdict | None:
    """The verdict on a whole record that does not replace the known one; None for everything else."""
    if not isinstance(submission, RecordDeployment) or not submission.replaces:
        return None
    if current is None or joined.changed or not joined.lost:
        return None
    return Verdict(
        kind=VerdictKind.SUPERSEDED,
        deployment_id=current.deployment_id,
        reason=Reason.NOT_NEWER,
        sentence=f"Ignored, because it is not newer: this update has number {_number(submission.order)}, the "
        f"recorded one {_number(current.alone.report.order)}. Only a greater number replaces what is recorded.",
    )


def _number(order: Order) -> str:
    """The sender's number of an update: the first part of an order, as text."""
    return str(order[0]) if order else "none"


def _tell_left_out(verdict: Verdict, submission: Submission) -> Verdict:
    """The verdict, including what was left out when the rest was applied."""
    left_out = submission.left_out if isinstance(submission, RecordDeployment | ChangeState | Amend | Mark) else ""
    if not left_out or verdict.kind is not VerdictKind.APPLIED:
        return verdict
    return _add(verdict, left_out)


def _tell_ahead(verdict: Verdict, receipt: Receipt, submission: Submission) -> Verdict:
    """The verdict, with a time in the far future that was applied."""
    if not isinstance(submission, RecordDeployment | ChangeState) or verdict.kind is not VerdictKind.APPLIED:
        return verdict
    start = said_start(submission) if isinstance(submission, RecordDeployment) else None
    ahead = next((one for one in (start, submission.state.reported_at) if is_far_ahead(one, receipt.accepted_at)), None)
    if ahead is None:
        return verdict
    return _add(verdict, describe_ahead(ahead))


def _tell_runs(verdict: Verdict, situation: Situation, submission: Submission) -> Verdict:
    """The verdict, including the effect on the runs of the deployment."""
    if not isinstance(submission, RecordDeployment | ChangeState):
        return verdict
    sentences = list[str]()
    if situation.current is None and situation.before is not None:
        sentences.append(f"Recorded as a new run: it starts after the earlier run {situation.before.deployment_id} ended.")
    elif _is_later_start(situation.current, submission):
        sentences.append("Recorded as the same run, because the run had not ended before this start. The earlier start is kept.")
    if situation.has_moved:
        sentences.append("It shows that earlier reports belong to another run; they were moved there.")
    return _add(verdict, *sentences)


def _tell_overruled(verdict: Verdict, joined: Join, submission: Submission) -> Verdict:
    """The verdict on a report, with what of it does not hold since somebody has corrected that by hand."""
    if not isinstance(submission, RecordDeployment | ChangeState | Amend):
        return verdict
    overruled = name_overruled(joined.deployment, joined.changed)
    return _add(verdict, f"A correction by hand holds for {', '.join(overruled)}.") if overruled else verdict


def _add(verdict: Verdict, *sentences: str) -> Verdict:
    return replace(verdict, sentence=" ".join(filter(None, (verdict.sentence, *sentences))))


def _is_later_start(current: Deployment | None, submission: Submission) -> bool:
    if current is None or not isinstance(submission, RecordDeployment) or submission.series is None:
        return False
    start, first = said_start(submission), current.alone.times.first_start_at
    return start is not None and first is not None and start > first


def _judge(deployment_id: str, submission: Submission, joined: Join) -> Verdict:
    if joined.changed or isinstance(submission, UndoCorrection):
        return Verdict(
            kind=VerdictKind.APPLIED,
            deployment_id=deployment_id,
            reason=Reason.OLDER_STATE if "state" in joined.lost else Reason.NONE,
            sentence="The state is unchanged: a report with a higher rank is known." if "state" in joined.lost else "",
        )
    if "state" in joined.lost:
        return Verdict(
            kind=VerdictKind.SUPERSEDED,
            deployment_id=deployment_id,
            reason=Reason.OLDER_STATE,
            sentence=f"Ignored: the deployment is {joined.deployment.alone.state}, according to a report with a higher rank.",
        )
    if joined.lost:
        return Verdict(
            kind=VerdictKind.SUPERSEDED,
            deployment_id=deployment_id,
            reason=Reason.OLDER_FACTS,
            sentence=f"Ignored: newer values are known for {', '.join(sorted(joined.lost))}.",
        )
    return Verdict(
        kind=VerdictKind.DUPLICATE,
        deployment_id=deployment_id,
        reason=Reason.NOTHING_NEW,
        sentence="Everything in this report was already known.",
    )
