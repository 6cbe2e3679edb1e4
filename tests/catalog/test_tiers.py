"""Which tier an environment has, by the rules of an organization."""

from __future__ import annotations

import pytest

from shipledger.catalog.retiering import add_rule, pin, remove_rule, reset_rules, unpin
from shipledger.catalog.tiers import DEFAULT_POLICY, DEFAULT_RULES, TierPolicy, TierRule, check_pattern, resolve_environment
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment

GUID = "8f14e45f-ceea-467f-a8b1-0f0f0f0f0f0f"


def tier_of(name, *, policy=DEFAULT_POLICY, said=Tier.UNMAPPED, environment_id="id-1"):
    return policy.tier_of(environment_id, name, said)


@pytest.mark.parametrize(
    "name, tier",
    [
        ("Prod", "production"),
        ("eu-live", "production"),
        ("prod2", "production"),
        ("pré-prod", "staging"),
        ("pre-prod", "staging"),
        ("non-prod", "staging"),
        ("preprod_2", "staging"),
        ("internal", "staging"),
        ("stg2", "staging"),
        ("UAT eu", "testing"),
        ("Tést", "testing"),
        ("integration/prod-copy", "testing"),
        ("trunk", "development"),
        ("dev-anna", "development"),
        ("localhost", "development"),
        ("products", "unmapped"),
        ("eu-1\n", "unmapped"),
        ("", "unmapped"),
    ],
)
def test_without_rules_of_ones_own_the_words_that_people_use_tell_the_tier(name, tier):
    assert tier_of(name) == tier


@pytest.mark.parametrize("word", [None, "uat"])
def test_a_tier_beside_which_no_word_of_the_sender_stands_was_guessed(word):
    kept = Environment(id="uat", name="uat", tier=Tier.STAGING, original_tier=word)
    assert resolve_environment(kept, DEFAULT_POLICY).tier is (Tier.TESTING if word is None else Tier.STAGING)
    assert resolve_environment(kept, pin(DEFAULT_POLICY, "uat", Tier.PRODUCTION)).tier is Tier.PRODUCTION


@pytest.mark.parametrize("said", [tier for tier in Tier if tier is not Tier.UNMAPPED])
def test_what_the_sender_said_wins_over_every_rule(said):
    assert tier_of("dev", said=said) is said


@pytest.mark.parametrize(
    "pattern, name, fits",
    [
        ("eu-*", "EU-west", True),
        ("eu-*", "neu-west", False),
        ("zone ?", "Zone 7", True),
        ("zone ?", "zone 77", False),
        ("grün", "GRUN", True),
        ("*", "", True),
        ("word:blue|green", "shop green", True),
        ("word:blue|green", "greenish", False),
        ("*a*a*a*a*a*a*a*a*a*b", "a" * 255, False),
    ],
)
def test_a_pattern_is_compared_with_the_name_without_case_and_accents(pattern, name, fits):
    policy = TierPolicy(rules=(TierRule(check_pattern(pattern), Tier.STAGING),))
    assert (tier_of(name, policy=policy) is Tier.STAGING) is fits


@pytest.mark.parametrize("pattern", ["", "  ", "word:", "word:a|", "word:Prod", "word:pre-prod", "x" * 256])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(Invalid):
        check_pattern(pattern)


def test_the_first_rule_that_fits_counts():
    policy = add_rule(TierPolicy(rules=()), "eu-*", Tier.STAGING, position=1)
    policy = add_rule(policy, "*", Tier.TESTING, position=2)
    policy = add_rule(policy, "eu-west", Tier.PRODUCTION, position=1)
    assert [tier_of(name, policy=policy) for name in ("eu-west", "eu-east", "us")] == ["production", "staging", "testing"]
    assert tier_of("eu-west", policy=remove_rule(policy, 1)) is Tier.STAGING
    assert reset_rules(policy).rules == DEFAULT_RULES


@pytest.mark.parametrize("position", [0, -1, 6])
def test_a_position_that_is_none_is_refused(position):
    with pytest.raises(Invalid):
        add_rule(DEFAULT_POLICY, "x", Tier.STAGING, position=position)
    with pytest.raises(NotFound):
        remove_rule(DEFAULT_POLICY, position)


@pytest.mark.parametrize("pinned", ["Dev", " dev ", "ID-1"])
def test_what_was_set_for_one_environment_wins_over_its_sender(pinned):
    policy = pin(DEFAULT_POLICY, pinned, Tier.PRODUCTION)
    assert tier_of("dev", policy=policy, said=Tier.STAGING) is Tier.PRODUCTION
    assert tier_of("dev", policy=unpin(policy, pinned), said=Tier.STAGING) is Tier.STAGING


def test_an_id_that_is_a_uuid_is_pinned_in_any_spelling():
    policy = pin(DEFAULT_POLICY, f"{{{GUID.upper()}}}", Tier.TESTING)
    assert tier_of("x", policy=policy, environment_id=GUID) is Tier.TESTING


def test_undoing_what_was_never_set_says_so():
    with pytest.raises(NotFound):
        unpin(DEFAULT_POLICY, "prod")
    with pytest.raises(Invalid):
        pin(DEFAULT_POLICY, " ", Tier.TESTING)
