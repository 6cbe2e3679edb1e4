"""Settings of organizations, described as an aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.catalog.organization_settings.declared import Fault, accept_all, find_contradiction, find_fault
from shipledger.catalog.organization_settings.model import KIND, WHOLE_ORGANIZATION, ChangeSettings, Held, ScopeSettings
from shipledger.ledger.aggregate import Aggregate, Decided, Keeping, RecordEntry, Told
from shipledger.ledger.by_name import Question, Rules, study_by_name
from shipledger.ledger.replay import replay
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

SCOPE = "setting"
CHANGED_MEANWHILE = "was changed in the meantime; look at what it is now and decide again"


class FormerStore(Protocol):
    """What of a store is asked about rows without entries."""

    async def find_record(self, kind: str, organization_id: str, subject_id: str) -> Any:
        """The record with this id, or None."""


async def find_former(store: FormerStore, organization_id: str) -> list[ChangeSettings]:
    """What sets the rules for issues and services of a version that kept them without entries."""
    found: ScopeSettings = await store.find_record(KIND, organization_id, WHOLE_ORGANIZATION.key)
    return [ChangeSettings(WHOLE_ORGANIZATION, {key: held.value for key, held in found.values.items()})]


def decide(question: Question) -> Decided:
    """The outcome of a change. Total: every question has one. Either all that it sets is set, or nothing is.

    Its entry has only what differs from what stands.
    """
    asked, receipt = question.submission, question.receipt
    current = question.current or ScopeSettings(receipt.organization_id, asked.scope, 0)
    fault = find_fault(asked.scope, asked.values)
    if fault is not None:
        return _reject(fault)
    values = accept_all(asked.values)
    stand = {key: held.value for key, held in current.values.items()}
    wanted = {key: value for key, value in (stand | values).items() if value is not None}
    expected = {} if asked.expects is UNSET else asked.expects
    moved = next((key for key, value in expected.items() if value != stand.get(key) and wanted.get(key) != stand.get(key)), None)
    if moved is not None:
        return _reject(Fault(moved, Reason.CHANGED_MEANWHILE, CHANGED_MEANWHILE))
    contradiction = find_contradiction(wanted)
    if contradiction is not None:
        return _reject(contradiction)
    if wanted == stand:
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=asked.scope.key))
    entry = question.enter(
        KIND,
        asked.scope.key,
        replace(asked, values={key: value for key, value in values.items() if value != stand.get(key)}, expects=UNSET),
        after=current,
    )
    return Decided(Verdict(VerdictKind.APPLIED, subject=asked.scope.key), entries=(entry,), states=(fold(current, entry),))


def fold(current: ScopeSettings, entry: RecordEntry) -> ScopeSettings:
    """What is set after ``entry``. What was set to the same again keeps its time."""
    values = dict(current.values)
    for key, value in entry.submission.values.items():
        if value is None:
            values.pop(key, None)
        elif key not in values or values[key].value != value:
            values[key] = Held(value, entry.recorded_at, "" if entry.actor is None else str(entry.actor))
    return replace(current, version=entry.version, values=dict(sorted(values.items())))


def fold_history(entries: Sequence[RecordEntry]) -> ScopeSettings | None:
    """What all entries of a scope set; None when they are erased."""
    return replay(entries, _fold)


def _fold(current: ScopeSettings | None, entry: RecordEntry) -> ScopeSettings:
    return fold(current or ScopeSettings(entry.organization_id, entry.submission.scope, 0), entry)


def names(one: ChangeSettings | ScopeSettings) -> tuple[Alias, ...]:
    """There is one for each scope."""
    return (Alias(SCOPE, one.scope.key),)


def call(asked: ChangeSettings) -> str:
    """A name by which whoever asks can tell an item."""
    return asked.scope.key


def tells(_: RecordEntry) -> Told:
    """What depends on settings may be different now."""
    return Told("settings")


def _reject(fault: Fault) -> Decided:
    return Decided(Verdict(VerdictKind.REJECTED, reason=fault.reason, sentence=fault.sentence, subject=fault.key[:64]))


ORGANIZATION_SETTINGS = Aggregate(
    kind=KIND,
    submissions=(ChangeSettings,),
    records=(ChangeSettings,),
    names_in=names,
    names_of=names,
    known_by=names,
    call=call,
    unknown=Reason.UNKNOWN_SETTING,
    study=study_by_name(Rules(KIND, names, names, decide)),
    state=ScopeSettings,
    fold_history=fold_history,
    keeping=Keeping(entries="setting_entry", table="setting", id="setting_id"),
    tells=tells,
    is_shared=True,
    find_former=find_former,
)
"""The settings of one scope: a record each for the organization, and for each team, service and pipeline that has its own."""
