"""What an entry says, in short sentences. Pure. Those of services and tiers need more than the entry: see ``auditing.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct

from shipledger.access.issuance import words as issuance_words
from shipledger.access.issuance.model import KIND as ISSUANCE
from shipledger.access.people.membership import words as member_words
from shipledger.access.people.membership.model import KIND as MEMBER
from shipledger.catalog.ignoring.model import KIND as IGNORING
from shipledger.catalog.ignoring.model import ChangeIgnored, kind_of
from shipledger.catalog.organization_settings import words as setting_words
from shipledger.catalog.organization_settings.model import KIND as SETTING
from shipledger.catalog.repositories import words as repository_words
from shipledger.catalog.repositories.model import KIND as REPOSITORY
from shipledger.forwarding.webhooks import words as webhook_words
from shipledger.forwarding.webhooks.model import KIND as WEBHOOK
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import AskGate, CloseGate, DecideGate
from shipledger.incidents.marks import MARK_NAMES
from shipledger.incidents.model import ChangeIncident, MarkIncident, RecordIncident, RemoveIncident
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.marks import MARKS
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    Merge,
    RecordDeployment,
    Remove,
    Separate,
    Split,
    TakeIn,
    UndoCorrection,
)
from shipledger.pull_requests.model import RecordPullRequest
from shipledger.verbs.correction_words import describe_correction

_PLAIN: Mapping[type, str] = {
    RecordDeployment: "Reported.",
    ChangeState: "Reported in another state.",
    Amend: "Corrected.",
    Remove: "Removed.",
    GiveUp: "Given up, since nothing was heard of it for long.",
    RecordIncident: "Reported.",
    ChangeIncident: "Changed.",
    RemoveIncident: "Removed.",
    RecordPullRequest: "Reported.",
    AskGate: "Asked whether it may go on.",
    CloseGate: "Closed: the deployment was over.",
    Erased: "Erased.",
}
_DECISIONS = {GateStatus.ALLOWED: "Allowed", GateStatus.PREVENTED: "Prevented"}


def describe_act(kind: str, said: Any) -> tuple[str, ...]:
    """What a submission on a record of a kind says."""
    if type(said) in _PLAIN:
        return (_PLAIN[type(said)],)
    known = _BY_SUBMISSION.get(type(said)) or _BY_KIND.get(kind)
    return ("Taken over from an earlier version.",) if known is None else known(said)


def _describe_correction(said: Correct | UndoCorrection) -> tuple[str, ...]:
    words = describe_correction(said.said) if isinstance(said, Correct) else ("Took a correction back.",)
    return (*words, f"Reason: {said.reason}") if said.reason else words


def _describe_decision(said: DecideGate) -> tuple[str, ...]:
    decided = _DECISIONS.get(said.status, "Closed")
    return (f"{decided}: {said.reason}" if said.reason else f"{decided}.",)


def _describe_merging(said: Merge | Split | TakeIn | Hear | LetGo) -> tuple[str, ...]:
    if isinstance(said, Hear):
        return (f"Told through {said.witness_id}: {' '.join(describe_act('deployment', said.submission))}",)
    if isinstance(said, Merge):
        words = f"Merged into {said.into}"
    elif isinstance(said, Split):
        words = "Split from the deployment that it was merged into"
    else:
        words = f"Took in {said.witness_id}" if isinstance(said, TakeIn) else f"Let go of {said.witness_id}"
    why = said.reason or ("" if isinstance(said, Split | LetGo) else said.rule)
    return (f"{words}: {why}" if why else f"{words}.",)


def _describe_ignored(said: Any) -> tuple[str, ...]:
    if not isinstance(said, ChangeIgnored):
        return ("Changed.",)
    return tuple(f"Listed {kind_of(key)[1]} again." if name is None else f"Ignored {name}." for key, name in said.names.items())


def _describe_marks(said: Any, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = getattr(said, name)
        if value is not UNSET:
            sentence = f"Marked {name.removeprefix('is_').replace('_', ' ')}: {_to_words(value)}"
            yield sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _to_words(value: Any) -> str:
    if value is None:
        return "withdrawn"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_to_words, value)) or "withdrawn"
    if isinstance(value, Struct):
        members = (getattr(value, name) for name in value.__struct_fields__)
        return " ".join(str(one) for one in members if one not in (UNSET, None, "", ()))
    return str(value)


_BY_SUBMISSION: Mapping[type, Callable[[Any], tuple[str, ...]]] = {
    Erase: lambda said: (f"Erased what {len(said.versions)} of its entries said.",),
    Mark: lambda said: tuple(_describe_marks(said.facts, MARKS)),
    MarkIncident: lambda said: tuple(_describe_marks(said.marks, MARK_NAMES)),
    Correct: _describe_correction,
    UndoCorrection: _describe_correction,
    DecideGate: _describe_decision,
    Separate: lambda said: (f"Split into several runs: {said.reason}" if said.reason else "Split into several runs.",),
    Merge: _describe_merging,
    Split: _describe_merging,
    TakeIn: _describe_merging,
    Hear: _describe_merging,
    LetGo: _describe_merging,
}
_BY_KIND: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    MEMBER: member_words.describe,
    SETTING: setting_words.describe,
    REPOSITORY: lambda said: (repository_words.describe(said),),
    IGNORING: _describe_ignored,
    ISSUANCE: issuance_words.describe,
    WEBHOOK: webhook_words.describe,
}
