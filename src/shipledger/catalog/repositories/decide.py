"""Decide about one submission on repositories. Pure."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from shipledger.catalog.repositories.fold import fold
from shipledger.catalog.repositories.model import (
    KIND,
    NAMES_LIMIT,
    JoinRepository,
    NameRepository,
    RenameRepository,
    Repository,
    SeparateRepository,
)
from shipledger.catalog.repositories.names import name_alias
from shipledger.catalog.repository import repository_key
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.identity import derive_id
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide(question: Question) -> Decided:
    """The outcome of a submission. Total: every question has one."""
    asked = question.submission
    known: Repository | None = question.named.get(name_alias(asked.repository))
    if isinstance(asked, NameRepository):
        return _duplicate(known) if known is not None and known.is_told else _apply(question, known, asked)
    if isinstance(asked, RenameRepository):
        return _rename(question, known, asked)
    if isinstance(asked, SeparateRepository):
        return _separate(question, known, asked)
    if isinstance(asked, JoinRepository):
        return _reject(Reason.NO_MATCH, "Only a renaming joins two repositories.", asked.repository)
    return _apply(question, known, asked) if known is not None and known.followed else _duplicate(known)


def _rename(question: Question, known: Repository | None, asked: RenameRepository) -> Decided:
    joined: Repository | None = question.named.get(name_alias(asked.former_name))
    if repository_key(asked.former_name) == repository_key(asked.repository):
        return _reject(Reason.CONTRADICTION, f"{asked.repository} is one name, not two.", asked.repository)
    if joined is not None and known is not None and joined.subject_id == known.subject_id:
        is_so = name_alias(known.name) != name_alias(asked.former_name)
        return _duplicate(known) if is_so else _apply(question, known, asked)
    if joined is not None and name_alias(joined.name) != name_alias(asked.former_name):
        sentence = f"{asked.former_name} is a former name of {joined.name}. Separate them first, or rename {joined.name}."
        return _reject(Reason.NAME_TAKEN, sentence, joined.name)
    if sum(len(one.names) for one in (known, joined) if one is not None) >= NAMES_LIMIT:
        return _reject(Reason.TOO_LARGE, f"A repository can have at most {NAMES_LIMIT} names.", asked.repository)
    if joined is None:
        return _apply(question, known, asked)
    said = replace(asked, joined=joined.former_names, followed=joined.followed)
    renamed = _apply(question, known, said)
    ended = _apply(question, joined, JoinRepository(asked.repository))
    # What ends comes first: its names are then those of the other one.
    return Decided(renamed.verdict, entries=(*ended.entries, *renamed.entries), states=(*ended.states, *renamed.states))


def _separate(question: Question, known: Repository | None, asked: SeparateRepository) -> Decided:
    if known is None or name_alias(known.name) != name_alias(asked.repository) or not known.has(asked.former_name):
        return _reject(Reason.NO_MATCH, f"{asked.former_name} is no former name of {asked.repository}.", asked.former_name)
    if name_alias(known.name) == name_alias(asked.former_name):
        return _reject(Reason.CONTRADICTION, f"{asked.repository} is one name, not two.", asked.repository)
    return _apply(question, known, asked)


def _apply(question: Question, current: Repository | None, said: Any) -> Decided:
    entry = question.enter(KIND, _new_id(question, said) if current is None else current.repository_id, said, after=current)
    verdict = Verdict(VerdictKind.APPLIED, subject=entry.subject_id)
    return Decided(verdict, entries=(entry,), states=(fold(current, entry),))


def _new_id(question: Question, said: Any) -> str:
    given = said.repository_id if isinstance(said, NameRepository) else ""
    return given or derive_id(question.receipt.receipt_id, question.item, f"repository {repository_key(said.repository)}")


def _duplicate(known: Repository | None) -> Decided:
    subject = "" if known is None else known.repository_id
    return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=subject))


def _reject(reason: Reason, sentence: str, subject: str) -> Decided:
    return Decided(Verdict(VerdictKind.REJECTED, reason=reason, sentence=sentence, subject=subject))
