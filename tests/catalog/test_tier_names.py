"""What an environment is for, told by its name."""

from __future__ import annotations

import pytest

from shipledger.catalog.tier_names import guess_tier, propose_tier


@pytest.mark.parametrize(
    "name, tier",
    [
        ("prod", "production"),
        ("Production", "production"),
        ("prod-eu-1", "production"),
        ("prd", "production"),
        ("live", "production"),
        ("pre-prod", "staging"),
        ("preprod", "staging"),
        ("non-prod", "staging"),
        ("stg2", "staging"),
        ("UAT", "staging"),
        ("prod-staging", "staging"),
        ("qa.test", "testing"),
        ("dev", "development"),
        ("local", "development"),
        ("products", "unmapped"),
        ("", "unmapped"),
        ("eu-1", "unmapped"),
    ],
)
def test_the_name_tells_the_tier_or_nobody_does(name, tier):
    assert guess_tier(name) == tier


@pytest.mark.parametrize(
    "name, tier",
    [
        ("Prod", "production"),
        ("eu-live", "production"),
        ("pré-prod", "staging"),
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
def test_a_tier_is_proposed_by_the_words_that_people_use(name, tier):
    assert propose_tier(name) == tier
