"""What may be said of names of environments, and what not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog.environment_aliasing import ALIASES_LIMIT, NAMES_LIMIT, alias, find_fault, rename, unalias
from shipledger.catalog.environments import Deployed, EnvironmentChange, apply, find_known, list_unseen
from shipledger.catalog.retiering import pin
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiering.aggregate import decide
from shipledger.catalog.tiering.model import ChangeTiers, Tiering, ask_for
from shipledger.catalog.tiering.words import describe_all
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.by_name import Question
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.factories import make_receipt, moment

NAMES = st.sampled_from(("a", "A", " b", "c", "d"))
DEEDS = st.lists(st.tuples(st.sampled_from(("alias", "unalias", "rename")), NAMES, NAMES), max_size=12)


@given(DEEDS)
def test_whatever_is_tried_no_name_leads_to_itself_and_entries_alone_make_what_stands(deeds):
    policy, standing, entries = DEFAULT_POLICY, None, []
    for number, (deed, one, other) in enumerate(deeds, start=1):
        try:
            if deed == "rename":
                after = rename(policy, one, other, known=frozenset("abcd"))
            else:
                after = alias(policy, one, other) if deed == "alias" else unalias(policy, one)
        except (Invalid, NotFound):
            continue
        decided = decide(Question(standing, make_receipt(number), 0, ask_for(policy, after), 0, moment(number)))
        if decided.states:
            (standing,) = decided.states
            entries += decided.entries
            policy = standing.policy
        assert (policy.aliases, find_fault(policy.aliases)) == (dict(sorted(after.aliases.items())), "")
    assert len(describe_all(entries)) == len(entries)
    assert all(sentence for sentences in describe_all(entries) for sentence in sentences)


def test_an_alias_is_undone_by_its_end():
    before = alias(DEFAULT_POLICY, "prd", "prod")
    assert unalias(alias(before, "prod", "production"), "PROD") == before


def test_the_tier_of_another_name_is_that_of_the_environment_and_its_own_comes_back():
    own = pin(DEFAULT_POLICY, "prod", Tier.STAGING)
    both = alias(own, "prod", "site")
    assert both.tier_of("id", "PROD", Tier.UNMAPPED) is Tier.UNMAPPED, "no rule matches the name that it has now"
    assert both.tier_of("id", "prod", Tier.TESTING) is Tier.TESTING
    set_for_all = pin(both, "Site", Tier.PRODUCTION)
    assert set_for_all.tier_of("id", "prod", Tier.TESTING) is Tier.PRODUCTION
    assert alias(DEFAULT_POLICY, "x", "eu-live").tier_of("", "x", Tier.UNMAPPED) is Tier.PRODUCTION
    with pytest.raises(Invalid, match="another name of"):
        pin(both, "prod", Tier.TESTING)
    assert unalias(set_for_all, "prod").tier_of("id", "prod", Tier.UNMAPPED) is Tier.STAGING


def test_a_name_that_was_another_one_may_become_the_name_of_the_environment():
    policy = alias(alias(pin(DEFAULT_POLICY, "production", Tier.STAGING), "prod", "production"), "live", "prod")
    turned = rename(policy, "production", "Prod", known=frozenset({"prod", "production"}))
    assert turned.names.groups == {"prod": ["live", "prod", "production"]}
    assert {turned.names.call(one) for one in ("live", "prod", "production")} == {"Prod"}
    assert turned.pins == {"prod": Tier.STAGING}


KNOWN = Deployed(frozenset({"prod", "production", "staging"}), {"id-7": "prod"})


@pytest.mark.parametrize(
    "name, of",
    [
        (" ", "prod"),
        ("prod", ""),
        ("prod", "PROD "),
        ("production", "prod"),
        ("x" * 256, "prod"),
        ("\N{GRINNING FACE}" * 200, "prod"),
        ("prod", "a\u202eb"),
        ("prod", "a\nb"),
    ],
)
def test_an_alias_that_cannot_be_is_refused(name, of):
    with pytest.raises(Invalid):
        alias(alias(DEFAULT_POLICY, "prod", "production"), name, of)


@pytest.mark.parametrize(
    "changes",
    [
        [EnvironmentChange("", alias_of=None)],
        [EnvironmentChange("prod", name="site")],
        [EnvironmentChange("staging", name="STAGING")],
        [EnvironmentChange("production", name="staging")],
        [EnvironmentChange("staging", name="")],
        [EnvironmentChange("ID-7", alias_of="staging")],
        [EnvironmentChange("staging", alias_of="id-7")],
        [EnvironmentChange(f"name-{number}", alias_of="prod") for number in range(NAMES_LIMIT)],
    ],
)
def test_changes_that_cannot_be_are_refused(changes):
    with pytest.raises(Invalid):
        apply(alias(DEFAULT_POLICY, "prod", "production"), changes, KNOWN)


@pytest.mark.parametrize(
    "change",
    [
        EnvironmentChange("production", alias_of=None),
        EnvironmentChange("unheard-of", alias_of=None),
        EnvironmentChange("unheard-of", name="site"),
    ],
)
def test_what_is_not_there_is_told_so(change):
    with pytest.raises(NotFound):
        apply(alias(DEFAULT_POLICY, "prod", "production"), [change], KNOWN)


@pytest.mark.parametrize(
    "aliases", [{"a": "b", "b": "a"}, {"a": "A"}, {f"n{number}": "prod" for number in range(ALIASES_LIMIT + 1)}]
)
def test_an_entry_that_no_interface_would_ask_for_is_rejected(aliases):
    question = Question(Tiering("acme", 1), make_receipt(1), 0, ChangeTiers(expects=1, aliases=aliases), 0, moment(1))
    verdict = decide(question).verdict
    assert (verdict.kind, verdict.reason) == (VerdictKind.REJECTED, Reason.CONTRADICTION)
    assert verdict.sentence


def test_an_environment_is_known_by_all_its_names_and_those_that_nobody_has_used_are_told():
    policy = alias(alias(DEFAULT_POLICY, "prd", "Production"), "prod", "Production")
    places = [TierPlace("1", "PROD", Tier.UNMAPPED, Tier.PRODUCTION), TierPlace("2", "staging", Tier.UNMAPPED, Tier.STAGING)]
    found = find_known(policy, places, "prd")
    assert (found.name, found.keys, found.places) == ("Production", ("production", "prd", "prod"), (places[0],))
    assert find_known(policy, places, "Staging").name == "staging"
    assert find_known(policy, places, "testing") is None
    assert list_unseen(policy, places) == [TierPlace("", "prd", Tier.UNMAPPED, Tier.PRODUCTION)]


def test_two_thousand_environments_with_other_names_are_read_at_once():
    aliases = {f"alias-{number}-{place}": f"environment-{number}" for number in range(2_000) for place in range(3)}
    names = EnvironmentNames(aliases)
    assert find_fault(aliases) == ""
    assert {len(keys) for keys in names.groups.values()} == {4}
    chain = {f"n{number}": f"n{number + 1}" for number in range(3_000)}
    assert EnvironmentNames(chain).call("n0") == "n3000"
