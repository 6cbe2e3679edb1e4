"""What an environment is for, told by its name."""

from __future__ import annotations

import pytest

from shipledger.catalog.tier_names import guess_tier


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
