"""Merge a record into another one that tells of the same deployment, and split it again. Pure (ADR 0047).

Both records keep their entries, their names and what their senders read of them. The one that is merged says so by an entry;
its host has an entry that takes it in, and repeats there whatever it was told, so that a host is the fold of its own entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.actor import actor_of
from shipledger.ledger.aggregate import Decided, NeedsHistory
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import fold
from shipledger.ledger.history import separated_versions
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.runs import Histories
from shipledger.ledger.submission import Hear, Heard, LetGo, Merge, Separate, Split, Submission, TakeIn, Target
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.ledger.witnesses import WITNESSES_LIMIT

ENTRIES_LIMIT = 1_000
"""How many entries a record may have that is merged: its host repeats them."""


class Cause(Struct, frozen=True):
    """The item of a receipt that asks, and when it is decided."""

    receipt: Receipt
    item: int
    now: datetime

    def enter(self, record: Deployment, submission: Submission) -> tuple[Entry, Deployment]:
        """The next entry of a record, and the record after it."""
        entry = Entry(
            organization_id=record.organization_id,
            deployment_id=record.deployment_id,
            version=record.version + 1,
            receipt_id=self.receipt.receipt_id,
            item=self.item,
            accepted_at=self.receipt.accepted_at,
            recorded_at=self.now,
            submission=submission,
            actor=actor_of(self.receipt),
        )
        return entry, fold(record, entry)


def decide_merge(asked: Merge, cause: Cause, record: Deployment | None, host: Deployment | None, histories: Histories) -> Decided:
    """The outcome of a merge of ``record`` into ``host``. Raises NeedsHistory for the entries of ``record``."""
    if record is None:
        return _reject_unknown(asked.target.key)
    refusal = find_obstacle(record, host, asked.into)
    if refusal is not None:
        return Decided(refusal)
    assert host is not None  # noqa: S101  else it was refused
    if record.merged_into == host.deployment_id:
        sentence = f"It is merged into {host.deployment_id} already."
        return Decided(_judge(VerdictKind.DUPLICATE, record, Reason.NOTHING_NEW, sentence))
    if asked.rule and is_kept_apart(record, host):
        return Decided(_reject(record, Reason.DECIDED_OTHERWISE, "Somebody has split these two: no rule merges them again."))
    history = _history_of(record, histories)
    told = list_told(history)
    if len(told) > ENTRIES_LIMIT:
        sentence = f"It has {len(told):,} entries; a record with more than {ENTRIES_LIMIT:,} cannot be merged into another."
        return Decided(_reject(record, Reason.TOO_LARGE, sentence))
    entry, merged = cause.enter(record, asked)
    entries, host = _tell_all(cause, host, record, told, asked)
    return Decided(_judge(VerdictKind.APPLIED, record), entries=(entry, *entries), states=(merged, host))


def find_obstacle(record: Deployment, host: Deployment | None, into: str) -> Verdict | None:
    """Why ``record`` cannot be merged into ``host``, the record with the id ``into``; None if it can, or is."""
    if host is None:
        return _reject(record, Reason.UNKNOWN_TARGET, f"There is no deployment with the id {into} to merge it into.", into)
    if host.deployment_id == record.deployment_id:
        return _reject(record, Reason.CONTRADICTION, "A deployment cannot be merged into itself.", into)
    return None if record.merged_into == host.deployment_id else _find_entanglement(record, host)


def _find_entanglement(record: Deployment, host: Deployment) -> Verdict | None:
    """Which other merge stands in the way. There are no chains: a record is merged into one that stands by itself."""
    if record.merged_into:
        sentence = f"It is merged into {record.merged_into} already. Split it first."
        return _reject(record, Reason.DECIDED_OTHERWISE, sentence, record.merged_into)
    if host.merged_into:
        sentence = f"{host.deployment_id} is itself merged into {host.merged_into}. Merge into that one."
        return _reject(record, Reason.CONTRADICTION, sentence, host.merged_into)
    if record.told:
        merged = ", ".join(one.deployment_id for one in record.told[1:])
        sentence = f"Others are merged into it: {merged}. Split them first, or merge the other way round."
        return _reject(record, Reason.CONTRADICTION, sentence, record.told[1].deployment_id)
    if len(host.told) > WITNESSES_LIMIT:
        sentence = f"{WITNESSES_LIMIT} records are merged into {host.deployment_id} already."
        return _reject(record, Reason.TOO_LARGE, sentence, host.deployment_id)
    return None


def is_kept_apart(one: Deployment, other: Deployment) -> bool:
    """Whether somebody split them by hand."""
    return other.deployment_id in one.kept_apart or one.deployment_id in other.kept_apart


def find_split_obstacle(record: Deployment) -> Verdict | None:
    """Why ``record`` cannot be split from a host; None if it can."""
    return None if record.merged_into else _reject(record, Reason.CONTRADICTION, _why_not_merged(record))


def decide_split(asked: Split, cause: Cause, record: Deployment | None, host: Deployment | None) -> Decided:
    """The outcome of a split of ``record`` from ``host``, into which it is merged."""
    if record is None:
        return _reject_unknown(asked.target.key)
    refusal = find_split_obstacle(record)
    if refusal is not None:
        return Decided(refusal)
    entry, alone = cause.enter(record, asked)
    entries, states = [entry], [alone]
    if host is not None:
        let_go, host = cause.enter(host, LetGo(source=asked.source, witness_id=record.deployment_id, reason=asked.reason))
        entries.append(let_go)
        states.append(host)
    return Decided(_judge(VerdictKind.APPLIED, record), entries=tuple(entries), states=tuple(states))


def tell_host(cause: Cause, host: Deployment, after: Deployment, new: Sequence[Entry], all_: Histories) -> Decided:
    """What ``new`` entries of a record that is merged into ``host`` change there, besides the verdict. Raises NeedsHistory."""
    source = host.source
    if after.as_reported.is_removed:
        entry, host = cause.enter(host, LetGo(source=source, witness_id=after.deployment_id))
        return Decided(_judge(VerdictKind.APPLIED, host), entries=(entry,), states=(host,))
    if any(isinstance(one.submission, Separate) for one in new):
        told = list_told([*_history_of(after, all_), *new])
        entries, host = _tell_all(cause, host, after, told, TakeIn(source=source, witness_id=after.deployment_id))
    else:
        entries, host = _hear(cause, host, after, list_told(new))
    return Decided(_judge(VerdictKind.APPLIED, host), entries=tuple(entries), states=(host,))


def release_all(cause: Cause, host: Deployment, merged: Sequence[Deployment]) -> Decided:
    """What happens to those that were ``merged`` into a host that is removed: they are deployments of their own again."""
    released = [
        cause.enter(one, Split(source=host.source, target=Target(key=one.deployment_id), reason="Its host was removed."))
        for one in merged
    ]
    return Decided(
        _judge(VerdictKind.APPLIED, host),
        entries=tuple(entry for entry, _ in released),
        states=tuple(record for _, record in released),
    )


def list_told(entries: Sequence[Entry]) -> list[Entry]:
    """What a host is told of a record with these ``entries``."""
    separated = separated_versions(entries)
    return [one for one in entries if one.version not in separated and isinstance(one.submission, Heard)]


def _tell_all(
    cause: Cause, host: Deployment, record: Deployment, told: Sequence[Entry], asked: Merge | TakeIn
) -> tuple[list[Entry], Deployment]:
    taking = TakeIn(source=asked.source, witness_id=record.deployment_id, reason=asked.reason, rule=asked.rule)
    entry, host = cause.enter(host, taking)
    entries, host = _hear(cause, host, record, told)
    return [entry, *entries], host


def _hear(cause: Cause, host: Deployment, record: Deployment, told: Sequence[Entry]) -> tuple[list[Entry], Deployment]:
    """Each repeated entry keeps its receipt and its actor, so that erasing a sender erases what a host repeats of it."""
    entries = []
    for one in told:
        heard = _repeat(host, record, one, cause.now)
        host = fold(host, heard)
        entries.append(heard)
    return entries, host


def _repeat(host: Deployment, record: Deployment, one: Entry, now: datetime) -> Entry:
    said = one.submission
    assert isinstance(said, Heard)  # noqa: S101  list_told gives no others
    hear = Hear(source=said.source, witness_id=record.deployment_id, recorded_at=one.recorded_at, submission=said)
    return replace(one, deployment_id=host.deployment_id, version=host.version + 1, recorded_at=now, submission=hear)


def _history_of(record: Deployment, histories: Histories) -> Sequence[Entry]:
    place = (record.organization_id, record.deployment_id)
    if place not in histories:
        raise NeedsHistory(Deployment.kind, place)
    return histories[place]


def _why_not_merged(record: Deployment) -> str:
    if not record.told:
        return "It is not merged into another deployment."
    return f"Others are merged into it. Split one of them: {', '.join(one.deployment_id for one in record.told[1:])}."


def _judge(kind: VerdictKind, record: Deployment, reason: Reason = Reason.NONE, sentence: str = "") -> Verdict:
    return Verdict(kind=kind, deployment_id=record.deployment_id, reason=reason, sentence=sentence)


def _reject(record: Deployment, reason: Reason, sentence: str, subject: str = "") -> Verdict:
    return replace(_judge(VerdictKind.REJECTED, record, reason, sentence), subject=subject)


def _reject_unknown(key: str) -> Decided:
    sentence = "No deployment of this organization has this identifier."
    return Decided(Verdict(kind=VerdictKind.REJECTED, reason=Reason.UNKNOWN_DEPLOYMENT, sentence=sentence, subject=key))
