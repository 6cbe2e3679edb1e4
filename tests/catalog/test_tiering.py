"""Rules for tiers as an aggregate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.catalog.tiering.aggregate import decide, fold_history
from shipledger.catalog.tiering.model import ChangeTiers, Tiering, ask_for
from shipledger.catalog.tiers import DEFAULT_RULES, TierPolicy, TierRule
from shipledger.ledger.by_name import Question
from shipledger.ledger.erasure import Erased
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import VerdictKind
from tests.support.factories import make_receipt, moment

TIERS = st.sampled_from(Tier)
RULES = st.lists(st.builds(TierRule, st.sampled_from(("eu-*", "word:live")), TIERS), max_size=3).map(tuple)
PINS = st.dictionaries(st.sampled_from(("a", "b", "c")), TIERS, max_size=3)
POLICIES = st.builds(TierPolicy, rules=st.one_of(st.just(DEFAULT_RULES), RULES), pins=PINS)


@given(st.lists(st.tuples(POLICIES, st.booleans()), max_size=8))
def test_whoever_has_seen_what_stands_gets_what_they_want_and_entries_alone_make_it(wanted):
    current, entries = None, []
    for number, (policy, has_seen) in enumerate(wanted, start=1):
        stands = TierPolicy(rules=current.rules, pins=current.pins, revision=current.version) if current else TierPolicy()
        seen = stands if has_seen else replace(stands, revision=stands.revision + 1)
        decided = decide(Question(current, make_receipt(number), 0, ask_for(seen, policy), 0, moment(number)))
        assert (decided.verdict.kind is VerdictKind.REJECTED) is not has_seen
        if decided.entries:
            (current,) = decided.states
            entries += decided.entries
        if has_seen:
            assert (current.rules, current.pins) == (policy.rules, dict(sorted(policy.pins.items())))
    if entries:
        assert fold_history(entries) == current
        erased = [replace(entry, submission=Erased()) for entry in entries]
        assert fold_history(erased) is None


def test_what_stands_already_is_a_repeat():
    stands = Tiering("acme", 3)
    decided = decide(Question(stands, make_receipt(1), 0, ChangeTiers(expects=3, pins={"a": None}), 0, moment(1)))
    assert decided.verdict.kind is VerdictKind.DUPLICATE
