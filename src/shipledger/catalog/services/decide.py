"""Decide about one submission on a service. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.catalog.service import FURTHER_NAME_LIMIT, own_slug
from shipledger.catalog.services.fold import change, fold
from shipledger.catalog.services.model import (
    KIND,
    ChangeService,
    DeclareService,
    MergeService,
    RemoveService,
    ServiceRecord,
    ServiceSubmission,
)
from shipledger.catalog.services.names import ID, SLUG, aliases_of, name_alias, slug_of
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

NAME_TAKEN = "A service with this name exists; choose another name."


def decide(question: Question) -> Decided:
    """The outcome of a submission. Total: every question has one."""
    asked = question.submission
    if isinstance(asked, DeclareService):
        return _declare(question, asked)
    current: ServiceRecord | None = question.current
    if current is None:
        sentence = "No service of this organization has this id."
        return _reject(Reason.UNKNOWN_SERVICE, sentence, asked.service_id)
    if isinstance(asked, RemoveService):
        return _apply(question, current, asked)
    if isinstance(asked, MergeService):
        return _merge(question, current, asked)
    return _find_fault(question, current, asked) or _change(question, current, asked)


def _declare(question: Question, asked: DeclareService) -> Decided:
    there = question.current or question.named.get(name_alias(asked.name))
    if there is not None and (asked.is_named or there.service_id == asked.service_id):
        return _duplicate(there)
    if there is not None:
        return _reject(Reason.NAME_TAKEN, NAME_TAKEN, there.service_id)
    slug = slug_of(asked)
    taken = question.named.get(Alias(SLUG, slug))
    return _apply(question, None, replace(asked, slug=own_slug(slug, asked.service_id) if taken else slug))


def _change(question: Question, current: ServiceRecord, asked: ChangeService) -> Decided:
    return _duplicate(current) if change(current, asked) == current else _apply(question, current, asked)


def _merge(question: Question, current: ServiceRecord, asked: MergeService) -> Decided:
    into = question.named.get(Alias(ID, asked.into))
    if into is None:
        return _reject(Reason.UNKNOWN_TARGET, f"No service of this organization has the id {asked.into}.", asked.into)
    if into.service_id == current.service_id:
        return _reject(Reason.CONTRADICTION, "A service cannot be merged into itself.", asked.into)
    taken_over = into.take_over(current)
    if any(len(name) > FURTHER_NAME_LIMIT for name in taken_over.add_names):
        sentence = f"A further name has at most {FURTHER_NAME_LIMIT} characters; rename {current.slug} first."
        return _reject(Reason.TOO_LARGE, sentence, current.service_id)
    # What ends comes first: its names are then those of the other one.
    ended, grown = _apply(question, current, asked), _apply(question, into, taken_over)
    verdict = Verdict(VerdictKind.APPLIED, subject=into.service_id)
    return Decided(verdict, entries=(*ended.entries, *grown.entries), states=(*ended.states, *grown.states))


def _find_fault(question: Question, current: ServiceRecord, asked: ChangeService) -> Decided | None:
    name = asked.facts.name
    if isinstance(name, str):
        there = question.named.get(name_alias(name))
        if there is not None and there.service_id != current.service_id:
            return _reject(Reason.NAME_TAKEN, NAME_TAKEN, there.service_id)
    for further in asked.add_names:
        others = (question.named.get(alias) for alias in aliases_of(further))
        if any(one is not None and one.service_id != current.service_id for one in others):
            return _reject(Reason.NAME_TAKEN, f"Another service already has the name {further!r}.", further)
    return _find_wrong_relation(question, current, asked)


def _find_wrong_relation(question: Question, current: ServiceRecord, asked: ChangeService) -> Decided | None:
    for one in asked.relate:
        if one.service_id == current.service_id:
            return _reject(Reason.CONTRADICTION, "A service cannot depend on itself or contain itself.", one.service_id)
        if Alias(ID, one.service_id) not in question.named:
            return _reject(Reason.UNKNOWN_TARGET, f"No service of this organization has the id {one.service_id}.", one.service_id)
    return None


def _apply(question: Question, current: ServiceRecord | None, asked: ServiceSubmission) -> Decided:
    entry = question.enter(KIND, asked.service_id, asked, after=current)
    verdict = Verdict(VerdictKind.APPLIED, subject=asked.service_id)
    return Decided(verdict, entries=(entry,), states=(fold(current, entry),))


def _duplicate(service: ServiceRecord) -> Decided:
    return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=service.service_id))


def _reject(reason: Reason, sentence: str, subject: str) -> Decided:
    return Decided(Verdict(VerdictKind.REJECTED, reason=reason, sentence=sentence, subject=subject))
