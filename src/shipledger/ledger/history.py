"""Fold all entries of a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from shipledger.ledger.correcting import apply_corrections
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.fold import fold, forget_witness, join_merge
from shipledger.ledger.submission import LetGo, Merge, RecordDeployment, Separate, Split, TakeIn
from shipledger.ledger.witnesses import combine

RULES = 12
"""Version of the folding rules. Projections made by earlier rules are recomputed once, and rows without entries get theirs."""


class Damaged(Exception):
    """The entries do not fold."""


def refuse_gaps(entries: Sequence[Any]) -> None:
    """Raises Damaged unless the entries of a record are numbered without gaps."""
    for version, entry in enumerate(entries, start=1):
        if entry.version != version:
            raise Damaged(f"Entry {version} is missing; the next one is {entry.version}.")


def fold_history(entries: Sequence[Entry]) -> Deployment | None:
    """The deployment folded from all its entries; None if those that record it are erased.

    Reports before the first remaining record have no effect. Raises Damaged if an
    entry is missing or misplaced.
    """
    if not entries:
        raise Damaged("There is no entry.")
    current: Deployment | None = None
    separated = separated_versions(entries)
    refuse_gaps(entries)
    for version, entry in enumerate(entries, start=1):
        if version in separated or isinstance(entry.submission, Erased | Erase | Separate):
            current = _pass(current, entry)
        elif current is not None or version == 1 or isinstance(entry.submission, RecordDeployment):
            current = _apply(current, entry)
    return current


def fold_removed(entries: Sequence[Entry]) -> Deployment | None:
    """A deployment that is removed by hand alone, so that it can come back; None for any other, and where entries do not fold."""
    try:
        folded = fold_history(entries) if entries else None
    except Damaged:  # ``verify`` tells of it; nothing of it is shown
        return None
    return None if folded is None or not folded.is_removed or folded.as_reported.is_removed else folded


def _apply(current: Deployment | None, entry: Entry) -> Deployment:
    try:
        return fold(current, entry)
    except ValueError as error:
        raise Damaged(f"Entry {entry.version} cannot be applied: {error}.") from error


def separated_versions(entries: Sequence[Entry]) -> frozenset[int]:
    """The versions of the entries that were moved to another run."""
    found: set[int] = set()
    for entry in entries:
        if isinstance(entry.submission, Separate):
            found.update(entry.submission.versions)
        elif isinstance(entry.submission, Erased):
            found.update(entry.submission.separates)
    return frozenset(found)


def effect_of(submission: object) -> str:
    """What remains of an erased submission: with which other record the deployment is one."""
    if isinstance(submission, Merge):
        return f"{_MERGED}{submission.into}"
    if isinstance(submission, TakeIn | LetGo):
        return f"{_FORGOTTEN}{submission.witness_id}"
    return _SPLIT if isinstance(submission, Split) else ""


def host_in_effect(effect: str) -> str:
    """The id of the host that an erased merge named; "" for what was no merge."""
    return effect.removeprefix(_MERGED) if effect.startswith(_MERGED) else ""


_MERGED, _FORGOTTEN, _SPLIT = "merged into ", "forgot ", "split"


def _pass(current: Deployment | None, entry: Entry) -> Deployment | None:
    if current is None:
        return None
    said = entry.submission
    if not isinstance(said, Erased):
        return _number(current, entry.version)
    if said.effect.startswith(_FORGOTTEN):
        return _number(forget_witness(current, said.effect.removeprefix(_FORGOTTEN)), entry.version)
    own = current.alone
    if said.removes:
        own = apply_corrections(replace(own.as_reported, is_removed=True))
    own = replace(own, version=entry.version)
    if said.effect == _SPLIT or host_in_effect(said.effect):
        own = apply_corrections(join_merge(own.as_reported, host_in_effect(said.effect)))
    return combine(own, current.told[1:])


def _number(current: Deployment, version: int) -> Deployment:
    """``current`` at a version."""
    return combine(replace(current.alone, version=version), current.told[1:])
