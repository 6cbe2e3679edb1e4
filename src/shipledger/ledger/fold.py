"""Fold entries into a deployment.

Every fact and the state are last-writer-wins registers whose "last" is the greatest order, never the latest to be
processed. Joining them is commutative, associative and idempotent, so any permutation and any repetition of the
updates of one deployment ends in the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shipledger.ledger.authors import Author, join_authors
from shipledger.ledger.correcting import apply_corrections, find_changes, to_correction, to_undone
from shipledger.ledger.corrections import with_correction, with_undo
from shipledger.ledger.course import Course, join_course
from shipledger.ledger.deployment import Deployment, Entry, GivenUp
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.marks import MARKS, join_markings
from shipledger.ledger.naming import NOTHING_NAMED, NamedIssues, join_named
from shipledger.ledger.registers import find_winners, outranks, said_in
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    Facts,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    Merge,
    OfWitness,
    Order,
    RecordDeployment,
    Separate,
    Split,
    StateReport,
    TakeIn,
    UndoCorrection,
)
from shipledger.ledger.witnesses import combine

FACT_NAMES: tuple[str, ...] = Facts.__struct_fields__
_OF_THE_RECORD = frozenset(FACT_NAMES) - frozenset(MARKS)
"""Those that a whole record withdraws by leaving them out."""


class Join(Struct, frozen=True):
    """The result of joining a submission. ``lost`` names its facts that an earlier report outranks."""

    deployment: Deployment
    changed: frozenset[str]
    confirmed: frozenset[str]
    lost: frozenset[str]
    raised: bool


def fold(current: Deployment | None, entry: Entry) -> Deployment:
    """The deployment after ``entry``. The first entry of a deployment must be a RecordDeployment."""
    return advance(join(current, entry).deployment, entry)


def advance(joined: Deployment, entry: Entry) -> Deployment:
    """``joined`` with the version and times of the ``entry`` that was joined to it.

    That a deployment was given up, what the ledger read in its commits, or with which others it is one, is no news of it:
    vendors' APIs, which tell when it was updated, do not notice.
    """
    if joined.told:
        own, *others = joined.told
        return combine(_advance(own, entry), others)
    return _advance(joined, entry)


def _advance(joined: Deployment, entry: Entry) -> Deployment:
    is_silent = isinstance(entry.submission, GiveUp | Merge | Split | TakeIn | Hear | LetGo)
    is_news = not is_silent and not _only_reads_commits(entry.submission)
    return replace(
        joined,
        version=entry.version,
        recorded_at=min(joined.recorded_at, entry.recorded_at),
        updated_at=max(joined.updated_at, entry.recorded_at) if is_news else joined.updated_at,
    )


def _only_reads_commits(submission: object) -> bool:
    """Whether the ledger itself has found issues or authors in what was known."""
    if not isinstance(submission, Amend) or submission.facts != Facts():
        return False
    return submission.named != NOTHING_NAMED or bool(submission.authors)


def join(current: Deployment | None, entry: Entry) -> Join:
    """``current`` after ``entry``, and which parts of it took effect. What a host is told changes its own record alone."""
    submission = entry.submission
    if isinstance(submission, OfWitness):
        return _join_witness(current, entry, submission)
    if isinstance(submission, Merge | Split) and current is not None:
        merged = join_merge(current.as_reported, submission.into if isinstance(submission, Merge) else "")
        return _changed(apply_corrections(merged))
    if current is None or not current.told:
        return _join_corrected(current, entry)
    own, *others = current.told
    if isinstance(submission, Correct | UndoCorrection):  # of what all say together
        joined = _join_corrected(current, entry)
        corrected = replace(own.as_reported, corrections=joined.deployment.corrections)
        if isinstance(submission, Correct):
            corrected = _join_read(replace(joined, deployment=corrected), submission).deployment
        return replace(joined, deployment=combine(corrected, others))
    joined = _join_corrected(own, entry)
    return replace(joined, deployment=combine(joined.deployment, others) if joined.raised else current)


def _join_corrected(current: Deployment | None, entry: Entry) -> Join:
    """The same of a record by itself. Reports are joined to what was reported."""
    joined = _join_marked(None if current is None else current.as_reported, entry)
    if not joined.deployment.corrections:
        return joined
    return replace(joined, deployment=apply_corrections(joined.deployment))


def _join_marked(current: Deployment | None, entry: Entry) -> Join:
    joined = _join(current, entry)
    submission = entry.submission
    if not isinstance(submission, RecordDeployment | Amend | Mark) or said_in(submission.facts).keys().isdisjoint(MARKS):
        return joined
    deployment = joined.deployment
    marked = join_markings(deployment.marked, submission.facts, MARKS, submission.order, at=entry.accepted_at, actor=entry.actor)
    if marked is deployment.marked:
        return joined
    return replace(joined, deployment=replace(deployment, marked=marked), raised=True)


def _join(current: Deployment | None, entry: Entry) -> Join:
    submission = entry.submission
    if isinstance(submission, Erased | Erase | Separate):
        raise ValueError("it says nothing")  # noqa: TRY004  a value that no caller may give; ``history`` passes over it
    if isinstance(submission, RecordDeployment):
        base = current or _new_deployment(entry, submission)
        with_identities = _join_standing(base, submission)
        if current is None:
            said = frozenset(said_in(submission.facts)) | {"state"}
            assumed = _join_facts(with_identities, submission.assumed, submission.assumed_order).deployment
            begun = replace(assumed, course=join_course(Course(), submission.state, started_at=said_start(submission)))
            return Join(deployment=begun, changed=said, confirmed=frozenset(), lost=frozenset(), raised=True)
        joined = _join_facts(with_identities, submission.facts, submission.order, replaces=submission.replaces)
        combined = _combine(_join_assumed(joined, submission), submission.state, raised=with_identities is not base)
        return _join_course(combined, submission.state, said_start(submission))
    if current is None:
        raise ValueError("a deployment begins with the submission that records it")
    if isinstance(submission, ChangeState):
        return _join_course(_combine(_join_facts(current, Facts(), ()), submission.state), submission.state)
    if isinstance(submission, Amend | Mark):
        joined = _join_facts(current, submission.facts, submission.order)
        return _join_read(joined, submission) if isinstance(submission, Amend) else _join_mark(joined, current, submission)
    return _join_word(current, entry)


def _join_word(current: Deployment, entry: Entry) -> Join:
    """``current`` after what is no report of its sender."""
    submission = entry.submission
    if isinstance(submission, GiveUp):
        return _join_giving_up(current, submission, entry.recorded_at)
    if isinstance(submission, Correct | UndoCorrection):
        return _join_correction(current, submission, entry)
    return _join_removal(current)


def join_merge(current: Deployment, into: str) -> Deployment:
    """``current`` when it is merged into the record with an id, or, "", split from its host."""
    apart = current.kept_apart
    if into:
        return replace(current, merged_into=into, kept_apart=tuple(one for one in apart if one != into))
    return replace(current, merged_into="", kept_apart=tuple(dict.fromkeys(filter(None, (*apart, current.merged_into)))))


def forget_witness(host: Deployment, witness_id: str) -> Deployment:
    """A host without what it heard of a record."""
    own, others = host.alone, host.told[1:]
    left = [one for one in others if one.deployment_id != witness_id]
    return host if len(left) == len(others) else combine(own, left)


def _join_witness(current: Deployment | None, entry: Entry, submission: OfWitness) -> Join:
    """A host after what it is told of a record that was merged into it."""
    if current is None:
        raise ValueError("a deployment begins with the submission that records it")
    if not isinstance(submission, Hear):
        return _changed(forget_witness(current, submission.witness_id))
    own, *others = current.told or (current,)
    known = next((one for one in others if one.deployment_id == submission.witness_id), None)
    if known is None and not isinstance(submission.submission, RecordDeployment):
        return _changed(current)
    heard = replace(
        entry,
        deployment_id=submission.witness_id,
        version=1 if known is None else known.version + 1,
        recorded_at=submission.recorded_at,
        submission=submission.submission,
    )
    after = fold(known, heard)
    return _changed(combine(own, [*(one for one in others if one is not known), after]))


def _changed(deployment: Deployment) -> Join:
    nothing = frozenset[str]()
    return Join(deployment=deployment, changed=frozenset({"witnesses"}), confirmed=nothing, lost=nothing, raised=True)


def said_start(submission: RecordDeployment) -> datetime | None:
    """The start in a record, which distinguishes runs; None if it has none."""
    said = submission.facts.started_at
    return submission.run_started_at if said is UNSET else said


def _join_course(joined: Join, report: StateReport, started_at: datetime | None = None) -> Join:
    """``joined`` with the times of another report, which count even if the report is outranked."""
    deployment = _run_on(joined.deployment, report, started_at)
    return joined if deployment is joined.deployment else replace(joined, deployment=deployment, raised=True)


def _run_on(deployment: Deployment, report: StateReport, started_at: datetime | None) -> Deployment:
    course = join_course(deployment.times, report, started_at=started_at)
    return deployment if course == deployment.course else replace(deployment, course=course)


def _new_deployment(entry: Entry, submission: RecordDeployment) -> Deployment:
    withdrawn = _OF_THE_RECORD if submission.replaces else ()
    return Deployment(
        organization_id=entry.organization_id,
        deployment_id=entry.deployment_id,
        source=submission.source,
        version=entry.version,
        recorded_at=entry.recorded_at,
        updated_at=entry.recorded_at,
        facts=submission.facts,
        orders=dict.fromkeys(said_in(submission.facts, withdrawn=withdrawn), submission.order),
        report=submission.state,
        identities=(),
        is_managed_elsewhere=submission.is_managed_elsewhere,
        namespace=submission.namespace,
    )


def _join_standing(deployment: Deployment, submission: RecordDeployment) -> Deployment:
    """What only grows, or only moves back, and needs no order: identities, names, first report, named issues, authors."""
    recognized_by = submission.recognition.names if submission.recognition is not None else ()
    series = () if submission.series is None else (submission.series,)
    joined = replace(
        deployment,
        identities=tuple(sorted({*deployment.identities, *submission.identities})),
        names=tuple(sorted({*deployment.names, *recognized_by, *submission.names, *series})),
        is_managed_elsewhere=deployment.is_managed_elsewhere or submission.is_managed_elsewhere,
        named=join_named(deployment.named, submission.named),
        authors=join_authors(deployment.authors, submission.authors),
        first_reported_at=_earliest(deployment.first_reported_at, submission.state.reported_at)
        if submission.replaces
        else deployment.first_reported_at,
    )
    return deployment if joined == deployment else joined


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _join_assumed(joined: Join, submission: RecordDeployment) -> Join:
    """``joined`` with assumed facts. Assumptions are meant to be outranked, so they never count as lost."""
    assumed = _join_facts(joined.deployment, submission.assumed, submission.assumed_order)
    if not assumed.raised:
        return joined
    return replace(joined, deployment=assumed.deployment, changed=joined.changed | assumed.changed, raised=True)


def _join_removal(deployment: Deployment) -> Join:
    word, nothing = frozenset({"removed"}), frozenset[str]()
    if deployment.is_removed:
        return Join(deployment=deployment, changed=nothing, confirmed=word, lost=nothing, raised=False)
    removed = replace(deployment, is_removed=True)
    return Join(deployment=removed, changed=word, confirmed=nothing, lost=nothing, raised=True)


def _join_read(joined: Join, submission: Amend | Correct) -> Join:
    """``joined`` with what texts and commits say besides."""
    return _join_authors(_join_named(joined, submission.named), submission.authors)


def _join_named(joined: Join, named: NamedIssues) -> Join:
    """``joined`` with the issues that texts may name besides: they only grow, so they need no order."""
    deployment, issues = joined.deployment, join_named(joined.deployment.named, named)
    if issues == deployment.named:
        return joined
    named_now = replace(deployment, named=issues)
    return replace(joined, deployment=named_now, changed=joined.changed | {"issues"}, raised=True)


def _join_authors(joined: Join, authors: Mapping[str, Author]) -> Join:
    """``joined`` with the authors of commits besides, which only grow too."""
    deployment, known_now = joined.deployment, join_authors(joined.deployment.authors, authors)
    if known_now == deployment.authors:
        return joined
    return replace(joined, deployment=replace(deployment, authors=known_now), changed=joined.changed | {"authors"}, raised=True)


def _join_mark(joined: Join, current: Deployment, mark: Mark) -> Join:
    """``joined`` with the further names. To withdraw what nobody said changes nothing."""
    said = (name for name in joined.changed if getattr(mark.facts, name) is None and getattr(current.facts, name) is UNSET)
    joined = replace(joined, changed=joined.changed - frozenset(said))
    names = tuple(sorted({*joined.deployment.names, *mark.names}))
    if names == joined.deployment.names:
        return joined
    return replace(joined, deployment=replace(joined.deployment, names=names), raised=True)


def _join_correction(reported: Deployment, submission: Correct | UndoCorrection, entry: Entry) -> Join:
    """``reported`` with another correction, or one less. An undo of a correction that was erased says nothing."""
    nothing = frozenset[str]()
    if isinstance(submission, Correct):
        made = with_correction(reported.corrections, to_correction(submission, entry))
    else:
        made = with_undo(reported.corrections, submission.correction_id, to_undone(submission, entry))
    if made == reported.corrections:
        return Join(deployment=reported, changed=nothing, confirmed=frozenset({"correction"}), lost=nothing, raised=False)
    corrected = replace(reported, corrections=made)
    changed = frozenset(find_changes(apply_corrections(reported), apply_corrections(corrected)))
    joined = Join(deployment=corrected, changed=changed, confirmed=nothing, lost=nothing, raised=True)
    return _join_read(joined, submission) if isinstance(submission, Correct) else joined


def _join_giving_up(deployment: Deployment, submission: GiveUp, at: datetime) -> Join:
    """It counts unless a newer report is known, whichever came first."""
    word, nothing = frozenset({"given up"}), frozenset[str]()
    if submission.order < deployment.report.order:
        return Join(deployment=deployment, changed=nothing, confirmed=nothing, lost=frozenset({"state"}), raised=False)
    if deployment.given_up is not None and deployment.given_up.order >= submission.order:
        return Join(deployment=deployment, changed=nothing, confirmed=word, lost=nothing, raised=False)
    given_up = GivenUp(
        order=submission.order,
        heard_at=submission.heard_at,
        after_seconds=submission.after_seconds,
        at=at,
        rule=submission.rule,
        set_for=submission.set_for,
    )
    joined = replace(deployment, given_up=given_up)
    return Join(deployment=joined, changed=word, confirmed=nothing, lost=nothing, raised=True)


def _join_facts(deployment: Deployment, facts: Facts, order: Order, *, replaces: bool = False) -> Join:
    said = said_in(facts, withdrawn=_OF_THE_RECORD if replaces else ())
    held = deployment.facts
    winners = find_winners(said, order, held, deployment.orders)
    confirmed = frozenset(name for name, value in said.items() if value == getattr(held, name))
    joined = deployment
    if winners:
        orders = {**deployment.orders, **dict.fromkeys(winners, order)}
        joined = replace(deployment, facts=replace(held, **winners), orders=orders)
    return Join(
        deployment=joined,
        changed=frozenset(winners) - confirmed,
        confirmed=confirmed,
        lost=frozenset(said) - winners.keys() - confirmed,
        raised=joined is not deployment,
    )


def _combine(facts: Join, report: StateReport, *, raised: bool = False) -> Join:
    deployment = facts.deployment
    held = deployment.report
    changed, confirmed, lost = set(facts.changed), set(facts.confirmed), set(facts.lost)
    is_same = (report.state, report.original, report.reported_at) == (held.state, held.original, held.reported_at)
    if is_same:
        confirmed.add("state")
    if outranks(report.order, report, held.order, held):
        raised = True
        deployment = replace(deployment, report=report)
        if not is_same:
            changed.add("state")
    elif not is_same:
        lost.add("state")
    return Join(
        deployment=deployment,
        changed=frozenset(changed),
        confirmed=frozenset(confirmed),
        lost=frozenset(lost),
        raised=raised or facts.raised,
    )
