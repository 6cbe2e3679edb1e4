"""Split a record into the runs of which it tells, by hand. Pure.

Versions before runs were told apart took a later run for an update. Its reports are kept, so today's rules part them; what is
moved stands again in the run that it is about, as after a late report (``separation.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shipledger.ledger.aggregate import Decided, NeedsHistory
from shipledger.ledger.deployment import Deployment, Entry, start_alias
from shipledger.ledger.merging import Cause
from shipledger.ledger.runs import Arrangement, Histories, Said, owner_of, partition, read_history
from shipledger.ledger.separation import separate
from shipledger.ledger.submission import Alias, RecordDeployment, Separate, Split
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide_run_split(asked: Split, cause: Cause, record: Deployment | None, histories: Histories) -> Decided:
    """The outcome of a split into runs. Raises NeedsHistory for the entries of ``record``."""
    if record is None:
        sentence = "No deployment of this organization has this identifier."
        return Decided(_reject(Reason.UNKNOWN_DEPLOYMENT, sentence, subject=asked.target.key))
    place = (record.organization_id, record.deployment_id)
    if place not in histories:
        raise NeedsHistory(Deployment.kind, place)
    run = record.alone.as_reported
    groups = list_runs(run, histories[place])
    if len(groups) < 2:  # noqa: PLR2004  one is no split
        sentence = "All of its reports are about one run: there is nothing to split."
        return Decided(_reject(Reason.CONTRADICTION, sentence, deployment_id=record.deployment_id))
    own, *others = groups
    held = frozenset(alias for one in own for alias in _identities_of(one))
    freed = [tuple(_free(one, held) for one in group) for group in others]
    arrangement = Arrangement(current=run, groups=(tuple(own), *freed))
    parted = separate(arrangement, histories, cause.receipt, cause.item, cause.now)
    verdict = Verdict(kind=VerdictKind.APPLIED, deployment_id=record.deployment_id)
    entries = tuple(_explain(entry, asked.reason) for entry in parted.entries)
    return Decided(verdict, entries=entries, states=parted.deployments)


def list_runs(run: Deployment, history: Sequence[Entry]) -> list[list[Said]]:
    """The reports of a record by the runs of which they tell, its own first; the record alone where they tell of one."""
    said = read_history(run, history)
    groups = partition(said) if any(one.start is not None for one in said) else [said]
    own = next((group for group in groups if owner_of(group) is run), None)
    return [said] if own is None else [own, *(group for group in groups if group is not own)]


def _identities_of(said: Said) -> Iterable[Alias]:
    submission = None if said.entry is None else said.entry.submission
    return submission.identities if isinstance(submission, RecordDeployment) else ()


def _free(said: Said, held: frozenset[Alias]) -> Said:
    """A report of another run, without the identities that the first one has: those become names that both share."""
    entry = said.entry
    if entry is None or not isinstance(entry.submission, RecordDeployment):
        return said
    record = entry.submission
    shared = [one for one in record.identities if one in held]
    if not shared:
        return said
    own = tuple(one for one in record.identities if one not in held) or (start_alias(shared[0], said.at),)
    return replace(said, entry=replace(entry, submission=replace(record, identities=own, names=(*record.names, *shared))))


def _explain(entry: Entry, reason: str) -> Entry:
    """Why the entry parts runs, where it does."""
    submission = entry.submission
    return replace(entry, submission=replace(submission, reason=reason)) if isinstance(submission, Separate) else entry


def _reject(reason: Reason, sentence: str, *, deployment_id: str | None = None, subject: str = "") -> Verdict:
    return Verdict(kind=VerdictKind.REJECTED, deployment_id=deployment_id, reason=reason, sentence=sentence, subject=subject)
