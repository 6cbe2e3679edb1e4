"""Rules for tiers as an aggregate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.catalog.tiering.aggregate import CHANGED_MEANWHILE, TIERINGS, decide, find_former, fold_history, tells, to_columns
from shipledger.catalog.tiering.model import ChangeTiers, Tiering, ask_for
from shipledger.catalog.tiers import DEFAULT_POLICY, DEFAULT_RULES, TierPolicy, TierRule
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry, Told
from shipledger.ledger.by_name import Question
from shipledger.ledger.erasure import Erased
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.factories import ACME, RIVAL, make_id, make_receipt, moment

TIERS = st.sampled_from(Tier)
RULES = st.lists(st.builds(TierRule, st.sampled_from(("eu-*", "word:live")), TIERS), max_size=3).map(tuple)
PINS = st.dictionaries(st.sampled_from(("a", "b", "c")), TIERS, max_size=3)
ALIASES = st.dictionaries(st.sampled_from(("a", "b", "c")), st.sampled_from(("X", "y")), max_size=3)
POLICIES = st.builds(TierPolicy, rules=st.one_of(st.just(DEFAULT_RULES), RULES), pins=PINS, aliases=ALIASES)


@given(st.lists(st.tuples(POLICIES, st.booleans()), max_size=8))
def test_whoever_has_seen_what_stands_gets_what_they_want_and_entries_alone_make_it(wanted):
    current, entries = None, []
    for number, (policy, has_seen) in enumerate(wanted, start=1):
        stands = current.policy if current else TierPolicy()
        seen = stands if has_seen else replace(stands, revision=stands.revision + 1)
        decided = decide(Question(current, make_receipt(number), 0, ask_for(seen, policy), 0, moment(number)))
        assert (decided.verdict.kind is VerdictKind.REJECTED) is not has_seen
        if decided.entries:
            (current,) = decided.states
            entries += decided.entries
        if has_seen:
            assert replace(current.policy, revision=policy.revision) == policy
    if entries:
        assert fold_history(entries) == current
        erased = [replace(entry, submission=Erased()) for entry in entries]
        assert fold_history(erased) is None


def test_what_stands_already_is_a_repeat():
    stands = Tiering("acme", 3)
    decided = decide(Question(stands, make_receipt(1), 0, ChangeTiers(expects=3, pins={"a": None}), 0, moment(1)))
    assert decided.verdict.kind is VerdictKind.DUPLICATE


def test_a_change_makes_an_entry_a_verdict_and_a_row_that_name_it():
    asked = ChangeTiers(expects=0, pins={"b": Tier.STAGING, "a": Tier.PRODUCTION})
    decided = decide(Question(None, make_receipt(1), 2, asked, 0, moment(9)))
    parts = (ACME, "tiers", 1, make_id(1), 2, moment(1), moment(9), asked, Actor(ActorKind.CREDENTIAL, make_id(1)))
    assert decided.entries == (RecordEntry("tiering", *parts),)
    assert decided.states == (Tiering(ACME, 1, pins={"a": Tier.PRODUCTION, "b": Tier.STAGING}),)
    assert (decided.verdict.kind, decided.verdict.subject) == (VerdictKind.APPLIED, "tiers")
    [standing] = decided.states
    assert (to_columns(standing), standing.subject_id, tells(decided.entries[0])) == ((1,), "tiers", Told("tiers"))
    assert TIERINGS.names_in(asked) == TIERINGS.known_by(standing) == (Alias("", "tiers"),)
    late = decide(Question(standing, make_receipt(2), 0, asked, 0, moment(9))).verdict
    assert (late.kind, late.reason, late.sentence) == (VerdictKind.REJECTED, Reason.CHANGED_MEANWHILE, CHANGED_MEANWHILE)
    again = decide(Question(standing, make_receipt(2), 0, replace(asked, expects=1), 0, moment(9))).verdict
    assert (again.kind, again.reason, again.subject) == (VerdictKind.DUPLICATE, Reason.NOTHING_NEW, "tiers")
    gone = decide(Question(standing, make_receipt(2), 0, ChangeTiers(expects=1, pins={"a": None}), 0, moment(9)))
    assert gone.states == (Tiering(ACME, 2, pins={"b": Tier.STAGING}),)
    erased = replace(gone.entries[0], submission=Erased())
    assert fold_history([*decided.entries, erased]) == replace(standing, version=2)


async def test_rules_without_entries_are_asked_for_as_a_change_of_the_default():
    policy = TierPolicy(rules=(TierRule("eu-*", Tier.PRODUCTION),), pins={"a": Tier.STAGING})

    class Former:
        async def find_tier_policy(self, organization_id):
            return policy if organization_id == ACME else DEFAULT_POLICY

    assert await find_former(Former(), ACME) == [ChangeTiers(expects=0, rules=policy.rules, pins={"a": Tier.STAGING})]
    assert await find_former(Former(), RIVAL) == [ChangeTiers(expects=0)]
