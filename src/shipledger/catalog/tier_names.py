"""What an environment is for, told by its name, when nobody has said it."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from shipledger.ledger.state import Tier

_WORDS: dict[Tier, frozenset[str]] = {
    Tier.STAGING: frozenset({"staging", "stage", "stg", "preprod", "preproduction", "nonprod", "uat"}),
    Tier.TESTING: frozenset({"test", "testing", "qa"}),
    Tier.DEVELOPMENT: frozenset({"dev", "development", "local", "localhost"}),
    Tier.PRODUCTION: frozenset({"prod", "production", "prd", "live"}),
}
"""In this order: what is nearly production is not production."""

_SEPARATORS = re.compile(r"[^a-z]+")


def guess_tier(name: str) -> Tier:
    """The tier of an environment of this name; unmapped when the name does not tell."""
    parts = [part for part in _SEPARATORS.split(name.lower()) if part]
    words = {*parts, *("".join(pair) for pair in pairwise(parts))}
    return next((tier for tier, known in _WORDS.items() if words & known), Tier.UNMAPPED)


_PROPOSED: dict[Tier, str] = {
    Tier.DEVELOPMENT: "development|dev|trunk|develop",
    Tier.TESTING: "testing|test|tests|tst|integration|integ|intg|int|acceptance|accept|acpt|qa|qc|control|quality|uat|sit",
    Tier.STAGING: "staging|stage|stg|sta|preprod|model|internal",
}
"""What people call environments, in the order in which it is looked for."""

_PATTERNS = {tier: re.compile(rf"^(.*[^a-z0-9])?({names})([^a-z0-9].*)?$", re.DOTALL) for tier, names in _PROPOSED.items()}


def propose_tier(name: str) -> Tier:
    """The tier to propose to a person for an environment that was sent without one; unmapped when the name does not tell.

    It knows more words than ``guess_tier``, whose answer nobody looks at again, and leaves production to it.
    """
    letters = unicodedata.normalize("NFKD", name.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return next((tier for tier, pattern in _PATTERNS.items() if pattern.match(plain)), guess_tier(plain))
