"""What entries of rules for tiers say in words."""

from __future__ import annotations

from msgspec import UNSET

from shipledger.catalog.tiering.model import ChangeTiers
from shipledger.catalog.tiering.words import describe_all
from shipledger.catalog.tiers import DEFAULT_RULES, TierRule
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.erasure import Erased
from shipledger.ledger.state import Tier
from tests.support.factories import moment


def test_each_entry_says_what_it_changed_against_the_one_before():
    rule = TierRule("eu-*", Tier.PRODUCTION)
    told = (
        ChangeTiers(0, rules=(rule, *DEFAULT_RULES), pins={"zone": Tier.TESTING, "a": Tier.STAGING}),
        ChangeTiers(1, rules=(*DEFAULT_RULES, rule)),
        Erased(),
        ChangeTiers(3, rules=DEFAULT_RULES, pins={"zone": None}),
        ChangeTiers(4, rules=UNSET),
    )
    entries = [
        RecordEntry("tiering", "acme", "tiers", version, f"r{version}", 0, moment(version), moment(version), said)
        for version, said in enumerate(told, 1)
    ]
    assert describe_all(entries) == [
        ("Rule 1 added: eu-* is production.", "Tier of a set to staging.", "Tier of zone set to testing."),
        ("Rules in another order.",),
        ("Erased.",),
        (f"Rule {len(DEFAULT_RULES) + 1} removed: eu-* was production.", "Tier of zone no longer set by hand."),
        (),
    ]
