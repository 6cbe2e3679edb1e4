"""Which environment a branch means: the wire has none, so an operator may say it. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment

PRODUCTION = Environment(id="production", name="production", tier=Tier.PRODUCTION)
"""The vendor's page speaks of the branch that was merged to production."""


class BranchRule(Struct, frozen=True):
    """Branches that are like ``pattern``, where ``*`` stands for any text, are deployed to ``environment``."""

    pattern: str
    environment: Environment


def read_branch_rules(text: str) -> tuple[BranchRule, ...]:
    """The rules of a setting such as ``develop=staging, release/*=uat``. Raises Invalid."""
    rules = []
    for part in filter(str.strip, text.split(",")):
        pattern, mark, name = (word.strip() for word in part.partition("="))
        if not (pattern and mark and name):
            raise Invalid(
                "iftrue_branch_environments",
                f"{part.strip()!r} is not a rule; write branch=environment, such as develop=staging.",
            )
        # The rules of the organization tell the tier by the name.
        rules.append(BranchRule(pattern=pattern, environment=Environment(id=name, name=name, tier=Tier.UNMAPPED)))
    return tuple(rules)


def find_environment(rules: tuple[BranchRule, ...], branch: str) -> Environment:
    """The environment of the first rule that fits, else production."""
    return next((rule.environment for rule in rules if fnmatchcase(branch, rule.pattern)), PRODUCTION)
