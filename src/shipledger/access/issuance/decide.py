"""Decide about one report on a credential. Pure."""

from __future__ import annotations

from shipledger.access.issuance.fold import fold
from shipledger.access.issuance.model import KIND, Issuance, IssuanceSubmission, ReportIssued
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.by_name import Question
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


def decide(question: Question) -> Decided:
    """The outcome of a report: nothing that is reported is refused, and nothing is recorded twice."""
    said: IssuanceSubmission = question.submission
    current: Issuance | None = question.current
    if current is not None and (isinstance(said, ReportIssued) or current.revoked_at is not None):
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=said.credential_id))
    entry = question.enter(KIND, said.credential_id, said, after=current)
    verdict = Verdict(VerdictKind.APPLIED, subject=said.credential_id)
    return Decided(verdict, entries=(entry,), states=(fold(current, entry),))
