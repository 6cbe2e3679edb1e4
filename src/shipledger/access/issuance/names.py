"""The names by which lives of credentials are found. Pure."""

from __future__ import annotations

from shipledger.access.issuance.model import Issuance, IssuanceSubmission
from shipledger.ledger.submission import Alias

ID = ""


def names_in(submission: IssuanceSubmission) -> tuple[Alias, ...]:
    """The name that says which credential a report is about."""
    return (Alias(ID, submission.credential_id),)


def known_by(life: Issuance) -> tuple[Alias, ...]:
    """The name of a life."""
    return (Alias(ID, life.issuance_id),)


def call(submission: IssuanceSubmission) -> str:
    """A name by which whoever asks can tell an item."""
    return submission.credential_id
