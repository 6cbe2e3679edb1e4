"""The deployments of a batch, updated while it is decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import NEVER_STARTED_US, Loaded, Lookup, Seek
from shipledger.ledger.aggregate import Decided, Stale
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment, Entry, is_dated
from shipledger.ledger.fold import said_start
from shipledger.ledger.merging import Cause, decide_merge, decide_split, release_all, tell_host
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.recognition import guard_of, is_same_place, recognizes
from shipledger.ledger.runs import Arrangement, Histories, SaidOrder, arrange_change, arrange_record, arrange_repeat, place_of
from shipledger.ledger.separation import adopt, separate
from shipledger.ledger.splitting_runs import decide_run_split
from shipledger.ledger.submission import (
    Alias,
    ChangeState,
    Mark,
    Merge,
    OfWitness,
    RecordDeployment,
    Refuse,
    Remediation,
    RemoveMatching,
    Separate,
    Split,
    Submission,
    UndoCorrection,
)
from shipledger.ledger.verdict import VerdictKind


class WorkingSet:
    """The store's data, overlaid with the decisions of the batch so far.

    ``workspaces``: the known ones by organization; None where nobody asked for them. ``is_guarded``: see ``Knowledge``.
    """

    def __init__(
        self,
        loaded: Loaded,
        histories: Histories | None = None,
        *,
        workspaces: Mapping[str, frozenset[str]] | None = None,
        is_guarded: bool = True,
    ) -> None:
        self._workspaces = workspaces
        self._is_guarded = is_guarded
        # Runs are told apart, and repeats recognized, by what was reported, and by each sender's own words.
        self._deployments = {place: one.alone.as_reported for place, one in loaded.deployments.items()}
        self._held = {**loaded.removed_hosts, **loaded.deployments}
        self._by_alias = dict(loaded.by_alias)
        self._sought = loaded.sought
        self._put: dict[tuple[str, Alias], set[str]] = {}
        self._freed: set[tuple[str, Alias]] = set()
        self._moved: set[tuple[str, Alias]] = set()
        self.histories: dict[tuple[str, str], Sequence[Entry]] = dict(histories or {})

    def decide(self, receipt: Receipt, item: int, submission: Submission, now: datetime) -> Decided:
        cause = Cause(receipt, item, now)
        if isinstance(submission, Merge | Split):
            return self._decide_merging(cause, submission)
        return self._tell_others(cause, self._decide(receipt, item, submission, now))

    def _decide_merging(self, cause: Cause, asked: Merge | Split) -> Decided:
        organization_id = cause.receipt.organization_id
        alone = self._find_first(organization_id, _strict_lookups_of(organization_id, asked))
        record = self._whole(alone)
        if isinstance(asked, Split) and asked.of_runs:
            return self._tell_others(cause, decide_run_split(asked, cause, record, self.histories))
        if isinstance(asked, Split):
            host = None if record is None else self._held.get((organization_id, record.merged_into))
            return decide_split(asked, cause, record, host)
        host = self._whole(self._find_first(organization_id, _mentions_of(organization_id, asked)))
        return decide_merge(asked, cause, record, host, self.histories)

    def _tell_others(self, cause: Cause, decided: Decided) -> Decided:
        """An outcome, with what it changes on the hosts of what it changes, and on what is merged into what it removes."""
        if not any(one.merged_into or one.told for one in decided.states):
            return decided
        states = {one.deployment_id: one for one in decided.states}
        entries = list(decided.entries)
        for after in decided.states:
            for further in self._list_further(cause, after, states, entries):
                entries += further.entries
                states.update((one.deployment_id, one) for one in further.states)
        return (
            decided
            if len(entries) == len(decided.entries)
            else replace(decided, entries=tuple(entries), states=tuple(states.values()))
        )

    def _list_further(
        self, cause: Cause, after: Deployment, states: Mapping[str, Deployment], entries: Sequence[Entry]
    ) -> Iterator[Decided]:
        is_gone = bool(after.told) and after.alone.as_reported.is_removed  # and not corrected away, which may be undone
        if not (after.merged_into or is_gone):
            return
        organization_id = after.organization_id
        before = self._held.get((organization_id, after.deployment_id), after)
        if after.merged_into:
            host = states.get(after.merged_into) or self._held.get((organization_id, after.merged_into))
            if host is not None and not host.as_reported.is_removed:
                new = [one for one in entries if one.deployment_id == after.deployment_id]
                yield tell_host(cause, host, after, new, self.histories)
        elif not before.as_reported.is_removed:
            merged = (self._held.get((organization_id, one.deployment_id)) for one in after.told[1:])
            yield release_all(cause, after, [one for one in merged if one is not None and not one.as_reported.is_removed])

    def _whole(self, alone: Deployment | None) -> Deployment | None:
        """A deployment with what was merged into it."""
        return None if alone is None else self._held.get((alone.organization_id, alone.deployment_id), alone)

    def _decide(self, receipt: Receipt, item: int, submission: Submission, now: datetime) -> Decided:
        arrangement = self.find(receipt, item, submission)
        separation = separate(arrangement, self.histories, receipt, item, now)
        moved = {one.deployment_id: one for one in separation.deployments}
        current = separation.current
        if current is not None:
            whole = moved.get(current.deployment_id) or self._whole(current)
            current = whole if whole is not None and whole.told else current
        asked = self.guard(receipt, submission) if self._is_guarded and current is None else submission
        situation = Situation(
            current=current,
            connected_workspaces=self._find_workspaces(receipt.organization_id),
            before=arrangement.before,
            has_moved=bool(separation.entries or separation.adopted),
            unknown=self._find_unknown(receipt.organization_id, submission),
            successor_id=self._find_successor(current, submission),
        )
        decision = decide(situation, receipt, item, asked, now)
        if decision.verdict.kind is VerdictKind.REJECTED:
            return Decided(decision.verdict)
        appended, changed = separation.entries, {one.deployment_id: one for one in separation.deployments}
        if decision.entry is not None and decision.deployment is not None:
            adopted, deployment = adopt(decision.deployment, separation.adopted)
            appended = (*appended, decision.entry, *adopted)
            changed[deployment.deployment_id] = deployment
        return Decided(decision.verdict, entries=appended, states=tuple(changed.values()))

    def _find_workspaces(self, organization_id: str) -> frozenset[str] | None:
        return None if self._workspaces is None else self._workspaces.get(organization_id, frozenset())

    def _find_unknown(self, organization_id: str, submission: Submission) -> tuple[str, ...]:
        """The deployments that a mark names besides its own and that are not recorded."""
        if not isinstance(submission, Mark):
            return ()
        mentioned = _mentions_of(organization_id, submission)
        return tuple(one.deployment_id or "" for one in mentioned if self._find_first(organization_id, [one]) is None)

    def _find_successor(self, current: Deployment | None, submission: Submission) -> str:
        """The deployment that has an identity of one that is to be brought back; "" for none."""
        if current is None or not isinstance(submission, UndoCorrection):
            return ""
        owner = current.organization_id
        lookups = [Lookup(organization_id=owner, alias=one, seek=Seek.OWN) for one in current.identities]
        found = (self._find_first(owner, [one]) for one in lookups)
        return next((one.deployment_id for one in found if one is not None and one.deployment_id != current.deployment_id), "")

    def find(self, receipt: Receipt, item: int, submission: Submission) -> Arrangement:
        """Where ``submission``, an item of ``receipt``, belongs. Raises Stale and NeedsHistory.

        Senders are understood by their own words: what was merged into a deployment makes no difference.
        """
        order = (receipt.receipt_id, item)
        if isinstance(submission, RecordDeployment):
            return self._find_record(receipt, submission, order)
        run = self._find_first(receipt.organization_id, _strict_lookups_of(receipt.organization_id, submission))
        if run is None and isinstance(submission, UndoCorrection):
            self._refuse_stale_removal(receipt.organization_id, submission)
        if run is None or not isinstance(submission, ChangeState):
            return Arrangement(current=run)
        return arrange_change(submission, order, run=run, histories=self.histories)

    def _refuse_stale_removal(self, organization_id: str, undo: UndoCorrection) -> None:
        """Raises Stale if the batch itself removed what is to be brought back: that is loaded by its history."""
        if (organization_id, undo.target.key) in self._deployments:
            raise Stale

    def _find_record(self, receipt: Receipt, record: RecordDeployment, order: SaidOrder) -> Arrangement:
        organization_id = receipt.organization_id
        known = self._find_first(organization_id, _strict_lookups_of(organization_id, record))
        if known is not None:
            is_run = record.series is not None
            return arrange_repeat(record, order, run=known, histories=self.histories) if is_run else Arrangement(current=known)
        arrangement = self._find_run(organization_id, record, order)
        if arrangement.current is not None or arrangement.groups:
            return arrangement
        for lookup in _weak_lookups_of(organization_id, record):
            known = self._find_first(organization_id, [lookup])
            if known is not None and recognizes(record, receipt, known):
                return Arrangement(current=known)
        return arrangement

    def _find_run(self, organization_id: str, record: RecordDeployment, order: SaidOrder) -> Arrangement:
        lookups = _run_lookups_of(organization_id, record)
        if not lookups:
            return Arrangement(current=None)
        before, after = (self._find_first(organization_id, [lookup]) for lookup in lookups[:2])
        former = self._find_first(organization_id, lookups[2:])
        start = said_start(record)
        if former is not None and start is not None and is_same_place(record, former):
            first = former.times.first_start_at
            if first is None or first <= start:
                before = _later(before, former)
            else:
                after = former if after is None or first < _first_start(after) else after
        return arrange_record(record, order, before=before, after=after, histories=self.histories)

    def guard(self, receipt: Receipt, submission: Submission) -> Submission:
        """``submission``, which concerns no known deployment, guarded against another node recording the same one at once."""
        if not isinstance(submission, RecordDeployment) or submission.recognition is None:
            return submission
        name = submission.recognition.names[-1]
        newest = self._find_first(receipt.organization_id, [Lookup(organization_id=receipt.organization_id, alias=name)])
        return replace(submission, identities=(*submission.identities, guard_of(name, newest)))

    def find_named(self, organization_id: str, alias: Alias) -> Deployment | None:
        """What an alias, or a deployment's id in the scope "", currently refers to. Raises Stale."""
        lookup = Lookup(organization_id=organization_id, alias=alias)
        if not alias.scope:
            lookup = Lookup(organization_id=organization_id, deployment_id=alias.key)
        return self._find_first(organization_id, [lookup])

    def list_known(self, receipt: Receipt, submission: Submission) -> list[Deployment]:
        """The deployments that a record may be about or adjacent to; none for other submissions. Raises Stale."""
        return self.list_concerned(receipt, submission) if isinstance(submission, RecordDeployment) else []

    def list_concerned(self, receipt: Receipt, submission: Submission) -> list[Deployment]:
        """The deployments that a submission may be about or adjacent to. Raises Stale."""
        organization_id = receipt.organization_id
        found = (self._find_first(organization_id, [lookup]) for lookup in lookups_of(organization_id, submission))
        return [deployment for deployment in found if deployment is not None]

    def _find_first(self, organization_id: str, lookups: Iterable[Lookup]) -> Deployment | None:
        for lookup in lookups:
            deployment_id = self._seek(lookup) if lookup.alias is not None else lookup.deployment_id
            if deployment_id is not None:
                found = self._deployments.get((organization_id, deployment_id))
                if found is not None and not found.is_removed:
                    return found
        return None

    def _seek(self, lookup: Lookup) -> str | None:
        """The id of what an alias currently refers to."""
        organization_id, alias = lookup.organization_id, lookup.alias
        assert alias is not None  # noqa: S101  asked by the caller
        place = (organization_id, alias)
        if place in self._freed or (lookup.seek is not None and place in self._moved):
            raise Stale
        if lookup.seek is None:
            return self._by_alias.get(place)
        ids = {self._sought.get(lookup, ""), *self._put.get(place, ())}
        found = (self._deployments.get((organization_id, deployment_id)) for deployment_id in ids)
        return _choose(lookup, [one for one in found if one is not None and not one.is_removed])

    def put(self, decided: Decided) -> None:
        for deployment in decided.states:
            self._put_one(deployment, [one for one in decided.entries if one.deployment_id == deployment.deployment_id])

    def _put_one(self, deployment: Deployment, entries: Sequence[Entry]) -> None:
        organization_id = deployment.organization_id
        place = (organization_id, deployment.deployment_id)
        before = self._deployments.get(place)
        if self._held.get(place) is deployment:
            return
        self._held[place] = deployment
        if deployment.reported is not None or deployment.told:
            deployment = replace(deployment.alone.as_reported, is_removed=deployment.is_removed)
        self._deployments[place] = deployment
        if before is None or place in self.histories:
            self.histories[place] = [*self.histories.get(place, ()), *entries]
        aliases = deployment.aliases
        for alias in aliases:
            named = self._deployments.get((organization_id, self._by_alias.get((organization_id, alias), "")))
            if named is None or _rank(alias, named) <= _rank(alias, deployment):
                self._by_alias[organization_id, alias] = deployment.deployment_id
            self._freed.discard((organization_id, alias))
            if is_dated(alias):
                self._put.setdefault((organization_id, alias), set()).add(deployment.deployment_id)
        if before is not None:
            self._freed.update((organization_id, alias) for alias in before.aliases - aliases)
            if before.started_at != deployment.started_at:
                self._moved.update((organization_id, alias) for alias in aliases if is_dated(alias))


def _rank(alias: Alias, deployment: Deployment) -> tuple[int, str]:
    """The sort key for the newest deployment with a name."""
    return _start_us(deployment) if is_dated(alias) else 0, deployment.deployment_id


def _start_us(deployment: Deployment) -> int:
    return NEVER_STARTED_US if deployment.started_at is None else to_microseconds(deployment.started_at)


def _choose(lookup: Lookup, candidates: Iterable[Deployment]) -> str | None:
    """The one of ``candidates``, which include the store's answer, that a lookup seeks."""
    if lookup.seek is Seek.OWN:
        return next((one.deployment_id for one in candidates if lookup.alias in one.identities), None)
    placed = sorted((_start_us(one), one.deployment_id) for one in candidates)
    until = [one for one in placed if one[0] <= lookup.at_us]
    if lookup.seek is Seek.UNTIL:
        return until[-1][1] if until else None
    return placed[len(until)][1] if len(placed) > len(until) else None


def _first_start(run: Deployment) -> datetime:
    return run.times.first_start_at or run.recorded_at


def _later(before: Deployment | None, former: Deployment) -> Deployment:
    return former if before is None or _first_start(before) < _first_start(former) else before


def lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    """Where to look for the deployment that ``submission`` concerns, in order."""
    return [
        *_strict_lookups_of(organization_id, submission),
        *_run_lookups_of(organization_id, submission),
        *_weak_lookups_of(organization_id, submission),
    ]


def _weak_lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    if not isinstance(submission, RecordDeployment) or submission.recognition is None:
        return []
    return [Lookup(organization_id=organization_id, alias=name) for name in submission.recognition.names]


def _run_lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    """The runs before and after a record, and the only run that an earlier version would know."""
    if not isinstance(submission, RecordDeployment) or submission.series is None:
        return []
    start = place_of(submission)
    at_us = -NEVER_STARTED_US if start is None else to_microseconds(start)
    lookups = [
        Lookup(organization_id=organization_id, alias=submission.series, seek=seek, at_us=at_us)
        for seek in (Seek.UNTIL, Seek.AFTER)
    ]
    if submission.former is not None:
        lookups.append(Lookup(organization_id=organization_id, alias=submission.former, seek=Seek.OWN))
    return lookups


def _strict_lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    if isinstance(submission, RecordDeployment):
        return [Lookup(organization_id=organization_id, alias=alias) for alias in submission.identities]
    if isinstance(submission, (RemoveMatching, Refuse, Separate, OfWitness)):
        return []
    target = submission.target
    if target.scope is None:
        return [Lookup(organization_id=organization_id, deployment_id=target.key)]
    alias = Alias(scope=target.scope, key=target.key)
    if not isinstance(submission, ChangeState) or submission.state.reported_at is None or not is_dated(alias):
        return [Lookup(organization_id=organization_id, alias=alias)]
    at_us = to_microseconds(submission.state.reported_at)
    return [Lookup(organization_id=organization_id, alias=alias, seek=seek, at_us=at_us) for seek in (Seek.UNTIL, Seek.AFTER)]


def _mentions_of(organization_id: str, asked: Mark | Merge) -> list[Lookup]:
    """The deployments that a mark or a merge names besides its own."""
    if isinstance(asked, Merge):
        return [Lookup(organization_id=organization_id, deployment_id=asked.into)]
    remedy = asked.facts.remediation
    if not isinstance(remedy, Remediation) or remedy.id is None or remedy.scope is not None:
        return []
    return [Lookup(organization_id=organization_id, deployment_id=remedy.id)]


def all_lookups(parts: Iterable[tuple[str, Sequence[Submission]]]) -> list[Lookup]:
    """The distinct lookups of a batch."""
    wanted: dict[Lookup, None] = {}
    for organization_id, submissions in parts:
        for submission in submissions:
            wanted.update(dict.fromkeys(lookups_of(organization_id, submission)))
            if isinstance(submission, Mark | Merge):
                wanted.update(dict.fromkeys(_mentions_of(organization_id, submission)))
    return list(wanted)
