"""Distinguish the runs of a deployment: re-run jobs and redeployed versions.

The records of a series are sorted by start. A record starts another run if something before its start ended the run
before it, or if that one started more than RUN_LIMIT earlier; otherwise it is the same run, reported again. A state report
about the series belongs to the run that had started last at its time. So does a record that only has an
end, unless that run ended more than RUN_LIMIT earlier; without any run, it is a separate run. So runs follow from the
reports alone, not from their order of arrival (ADR 0015).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from shipledger.ledger.aggregate import NeedsHistory
from shipledger.ledger.course import end_of
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import said_start
from shipledger.ledger.history import separated_versions
from shipledger.ledger.submission import ChangeState, RecordDeployment

RUN_LIMIT = timedelta(days=1)
"""A record that starts, or an end that is, this much later does not belong to an earlier run."""


Histories = Mapping[tuple[str, str], Sequence[Entry]]
"""The entries of deployments, by organization and id."""


SaidOrder: TypeAlias = tuple[str, int]
"""The receipt of a report, whose id gives the order of acceptance, and the report's place in it."""


class Said(Struct, frozen=True):
    """One report of a series. ``start``: of a record. ``end``: the reported end of the run. ``at``: the time of the report.

    ``owner``: the run that currently has it, None for the one being decided. ``is_own``: it created that run, or named it by
    id. ``has_no_start``: a record that only has an end; ``start`` is then the end, in case it is a separate run.
    """

    at: datetime
    order: SaidOrder
    start: datetime | None = None
    end: datetime | None = None
    owner: Deployment | None = None
    is_own: bool = False
    has_no_start: bool = False
    entry: Entry | None = None
    record_id: str = ""


class Arrangement(Struct, frozen=True):
    """The run of a report, and what must be moved before it is decided.

    ``current``: the existing run, or None if it starts one. ``before``: the previous run, if it starts one.
    ``groups``: the reports of each run, if some are in the wrong one; the first group is the report's.
    """

    current: Deployment | None
    before: Deployment | None = None
    groups: tuple[tuple[Said, ...], ...] = ()


def arrange_record(
    record: RecordDeployment,
    order: SaidOrder,
    *,
    before: Deployment | None,
    after: Deployment | None,
    histories: Histories,
) -> Arrangement:
    """Place a record with a new start between the runs ``before`` and ``after`` it.

    Raises NeedsHistory if a run has events after the record's start.
    """
    said = _said_of_record(record, order)
    if said is None:
        return Arrangement(current=after or before)
    if before is not None and _is_of(before, said):
        return _join(said, before, histories)
    if before is not None and _has_news_since(before, said.at):
        return _rearrange(said, [before] if after is None else [before, after], histories)
    if before is not None and not _has_ended(before, said.at):
        return _join(said, before, histories)
    if after is None:
        return Arrangement(current=None, before=before)
    return _arrange_in_front(said, before, after, histories)


def _arrange_in_front(said: Said, before: Deployment | None, after: Deployment, histories: Histories) -> Arrangement:
    """Place a record that starts when the run ``before`` was over: in ``after``, unless it was over before that."""
    if _has_only_ended(after):
        is_apart = _is_corrected_too_late(after.times.ends[0], [said.end])
        return Arrangement(current=None, before=before) if is_apart else Arrangement(current=after)
    if _ended_early(after):
        return _rearrange(said, [after], histories)
    if _ends_before(said.end, said.at, after):
        return Arrangement(current=None, before=before)
    return _join(said, after, histories)


def arrange_repeat(record: RecordDeployment, order: SaidOrder, *, run: Deployment, histories: Histories) -> Arrangement:
    """Place a record with the start of ``run``. Raises NeedsHistory as above."""
    said = _said_of_record(record, order)
    return Arrangement(current=run) if said is None else _join(said, run, histories)


def arrange_change(change: ChangeState, order: SaidOrder, *, run: Deployment, histories: Histories) -> Arrangement:
    """Place a state report found to be about ``run``. Raises NeedsHistory as above."""
    at = change.state.reported_at
    if at is None:
        return Arrangement(current=run)
    is_own = change.target.scope is None
    said = Said(at=at, order=order, end=end_of(change.state, at), owner=run if is_own else None, is_own=is_own)
    return _join(said, run, histories)


def _said_of_record(record: RecordDeployment, order: SaidOrder) -> Said | None:
    start = place_of(record)
    if start is None:
        return None
    return Said(
        at=start,
        order=order,
        start=start,
        end=end_of(record.state, start),
        has_no_start=record.has_no_start,
        record_id=record.deployment_id,
    )


def place_of(record: RecordDeployment) -> datetime | None:
    """The sort key of a record in its series: its start, else its end."""
    return record.state.reported_at if record.has_no_start else said_start(record)


def _join(said: Said, run: Deployment, histories: Histories) -> Arrangement:
    """``said`` joins ``run``, unless it shows that ``run`` ended before another of its starts, or long before its end."""
    first, last, ends = run.times.first_start_at, run.times.last_start_at, run.times.ends
    if said.end is None or first is None or last is None:
        return Arrangement(current=run)
    if last <= max(said.end, min(first, said.at)) and not _is_corrected_too_late(ends[-1] if ends else said.end, [said.end]):
        return Arrangement(current=run)
    return _rearrange(said, [run], histories)


def _is_of(run: Deployment, said: Said) -> bool:
    """Whether a record belongs to ``run``, the last one started by then, regardless of its other reports."""
    if said.has_no_start:
        return not _is_corrected_too_late(said.at, run.times.ends)
    return said.at in (run.times.first_start_at, run.times.last_start_at)


def _is_corrected_too_late(at: datetime, ends: Iterable[datetime | None]) -> bool:
    """Whether the last of ``ends`` was so long before ``at`` that another end is unlikely to be about the same run."""
    last = max((end for end in ends if end is not None and end <= at), default=None)
    return last is not None and at - last > RUN_LIMIT


def _has_news_since(run: Deployment, start: datetime) -> bool:
    """Whether ``run`` has an event at ``start`` or later."""
    times = run.times
    known = (times.last_start_at, times.ends[-1] if times.ends else None, run.report.reported_at)
    return any(moment is not None and moment >= start for moment in known)


def _has_ended(run: Deployment, start: datetime) -> bool:
    """Whether ``run``, whose events are all before ``start``, is over by then."""
    last = run.times.last_start_at
    return run.times.first_end_at is not None or (last is not None and start - last > RUN_LIMIT)


def _has_only_ended(run: Deployment) -> bool:
    """Whether only an end is known of ``run``: its start is then that of the first record before it."""
    return run.times.first_start_at is None and run.times.first_end_at is not None


def _ended_early(run: Deployment) -> bool:
    """Whether ``run`` has an end before its first start, which may belong to an earlier run."""
    first, end = run.times.first_start_at, run.times.first_end_at
    return first is not None and end is not None and end < first


def _ends_before(end: datetime | None, start: datetime, after: Deployment) -> bool:
    """Whether a record with this ``start`` and ``end`` is over before the first start of ``after``."""
    first = after.times.first_start_at or after.started_at
    return first is None or first - start > RUN_LIMIT or (end is not None and end < first)


def _rearrange(said: Said, runs: Sequence[Deployment], histories: Histories) -> Arrangement:
    places = [(run.organization_id, run.deployment_id) for run in runs]
    if any(place not in histories for place in places):
        raise NeedsHistory(Deployment.kind, *places)
    known = [one for run, place in zip(runs, places, strict=True) for one in read_history(run, histories[place])]
    groups = partition([*known, said])
    own = next(group for group in groups if said in group)
    others = [group for group in groups if group is not own]
    position = groups.index(own)
    owner = owner_of(own)
    moved = any(one.owner is not None and one.owner is not owner_of(group) for group in groups for one in group)
    return Arrangement(
        current=owner,
        before=owner_of(groups[position - 1]) if owner is None and position else None,
        groups=tuple(map(tuple, [own, *others])) if moved else (),
    )


def read_history(run: Deployment, entries: Iterable[Entry]) -> list[Said]:
    """The reports in the effective entries of ``run``."""
    every = list(entries)
    separated = separated_versions(every)
    counting = [entry for entry in every if entry.version not in separated]
    records = [entry for entry in counting if isinstance(entry.submission, RecordDeployment)]
    maker = next((one for one in records if _id_of(one) == run.deployment_id), records[0] if records else None)
    found = [_read_entry(run, entry, made_it=entry is maker) for entry in counting]
    return [said for said in found if said is not None]


def _id_of(entry: Entry) -> str:
    return entry.submission.deployment_id if isinstance(entry.submission, RecordDeployment) else ""


def _read_entry(run: Deployment, entry: Entry, *, made_it: bool) -> Said | None:
    submission = entry.submission
    order = (entry.receipt_id, entry.item)
    if isinstance(submission, RecordDeployment):
        if submission.has_no_start:
            start = submission.state.reported_at
        else:
            start = said_start(submission) or (run.started_at if made_it else None)
        return Said(
            at=start or submission.state.reported_at or entry.accepted_at,
            order=order,
            start=start,
            end=end_of(submission.state, start),
            owner=run,
            is_own=made_it,
            has_no_start=submission.has_no_start,
            entry=entry,
            record_id=submission.deployment_id,
        )
    if isinstance(submission, ChangeState) and submission.state.reported_at is not None:
        at, is_own = submission.state.reported_at, submission.target.scope is None
        return Said(at=at, order=order, end=end_of(submission.state, at), owner=run, is_own=is_own, entry=entry)
    return None


def partition(reports: Iterable[Said]) -> list[list[Said]]:
    """The reports of each run, in order; at least one of them is a record with a start."""
    every = sorted(reports, key=lambda said: (said.at, said.has_no_start, said.order))
    records = [said for said in every if said.start is not None]
    ends = [said.end for said in every if said.start is None and said.end is not None]
    groups: list[list[Said]] = []
    for record in records:
        if groups and not _begins_another(groups[-1], record, ends, is_first=len(groups) == 1):
            groups[-1].append(record)
        else:
            groups.append([record])
    for said in every:
        if said.start is None:
            _group_of(groups, said).append(said)
    return groups


def _begins_another(group: Sequence[Said], record: Said, ends: Iterable[datetime], *, is_first: bool) -> bool:
    first, last, start = group[0].at, group[-1].at, record.at
    if start == last:
        return False
    owners = {id(said.owner) for said in (*group, record) if said.owner is not None}
    if len(owners) > 1:
        return True
    own_ends = [said.end for said in group if said.end is not None]
    known_ends = [*own_ends, *(end for end in ends if is_first or end >= first)]
    if record.has_no_start:
        return _is_corrected_too_late(start, known_ends)
    return start - last > RUN_LIMIT or any(end < start for end in known_ends)


def _group_of(groups: Sequence[list[Said]], said: Said) -> list[Said]:
    """The run that had started last at its time; the first, if none had."""
    by_time = next((group for group in reversed(groups) if group[0].at <= said.at), groups[0])
    if not said.is_own:
        return by_time
    own = next((group for group in groups if owner_of(group) is said.owner), by_time)
    return own if own[0].at <= said.at else by_time


def owner_of(group: Iterable[Said]) -> Deployment | None:
    """The recorded run of a group: the one that a record in it created."""
    return next((said.owner for said in group if said.is_own and said.start is not None), None)
