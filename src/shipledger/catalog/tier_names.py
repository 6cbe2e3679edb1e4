"""What an environment is for, told by its name, when nobody has said it."""

from __future__ import annotations

import re
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
