"""Which incident a report is about by the names that it only claims, and which of them it gets."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.incidents.knowledge import IncidentKnowledge
from shipledger.incidents.model import IncidentFacts
from shipledger.incidents.recognition import find_by_claim, take_claims
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import VerdictKind
from tests.incidents.test_fold import START, record, settle
from tests.support.updates import receipt

OWNER = receipt().organization_id
ONE, TWO, MOMENT, LATER = (Alias("vendor:id", "one"), Alias("vendor:id", "two"), Alias("vendor:moment", "a"), Alias("x", "b"))
HOLDER = settle([record(identities=(ONE,))])[0]
OTHER = replace(HOLDER, incident_id="other", identities=(TWO,))
NAMELESS = replace(HOLDER, incident_id="nameless", identities=(MOMENT,))


@pytest.mark.parametrize(
    "own, claims, holders, found",
    [
        ((), (MOMENT,), {MOMENT: HOLDER}, HOLDER),
        ((), (MOMENT,), {}, None),
        ((), (LATER, MOMENT), {MOMENT: HOLDER}, HOLDER),
        ((), (LATER, MOMENT), {LATER: OTHER, MOMENT: HOLDER}, OTHER),
        ((ONE,), (MOMENT,), {MOMENT: HOLDER}, HOLDER),
        ((ONE, TWO), (MOMENT,), {MOMENT: HOLDER}, HOLDER),
        ((TWO,), (MOMENT,), {MOMENT: HOLDER}, None),
        ((TWO,), (MOMENT, LATER), {MOMENT: HOLDER, LATER: OTHER}, OTHER),
        ((TWO,), (MOMENT,), {MOMENT: NAMELESS}, NAMELESS),
        ((LATER,), (MOMENT,), {MOMENT: HOLDER}, HOLDER),
    ],
)
def test_the_first_that_holds_a_claimed_name_is_meant_unless_its_own_names_tell_it_apart(own, claims, holders, found):
    assert find_by_claim(record(identities=own, claims=claims, own_scope="vendor:id"), holders) == found


@pytest.mark.parametrize("current", [None, HOLDER])
def test_a_claimed_name_is_taken_unless_another_incident_has_it(current):
    taken = take_claims(record(identities=(ONE,), claims=(MOMENT, TWO, LATER)), current, {TWO: OTHER, LATER: HOLDER})
    assert taken.identities == ((ONE, MOMENT) if current is None else (ONE, MOMENT, LATER))
    assert taken.claims == ()


def decide(submissions, **known):
    """The incidents after each submission of one batch."""
    working = IncidentKnowledge(**{"named": {}, "recent": {}, "numbers": {}, "services": {}, **known}).begin({}, is_guarded=True)
    found = []
    for submission in submissions:
        decided = working.decide(receipt(), 0, submission, START)
        working.put(decided)
        found.append((decided.verdict.kind, [(one.subject_id, one.number) for one in decided.states]))
    return found


def test_what_a_batch_has_recorded_is_known_to_its_next_receipts():
    said = {"assumed": IncidentFacts(title="Down", started_at=receipt().accepted_at), "assumed_order": (-1,)}
    unnamed = record(identities=(), sender="s", repeats_within=60, **said)
    others = [replace(unnamed, incident_id="second", sender="t"), replace(unnamed, incident_id="third", repeats_within=0)]
    assert decide([unnamed, replace(unnamed, incident_id="repeat"), *others], numbers={OWNER: 6}) == [
        (VerdictKind.APPLIED, [("incident", 7)]),
        (VerdictKind.DUPLICATE, []),
        (VerdictKind.APPLIED, [("second", 8)]),
        (VerdictKind.APPLIED, [("third", 9)]),
    ]
    assert decide([replace(unnamed, repeats_within=0), replace(others[1], sender="s")])[1] == (
        VerdictKind.APPLIED,
        [("third", 2)],
    )


def test_an_incident_of_before_is_found_by_its_name_unless_it_was_removed():
    again = record(identities=(ONE,))
    assert decide([again], named={(OWNER, ONE): HOLDER}) == [(VerdictKind.DUPLICATE, [])]
    removed = replace(HOLDER, is_removed=True)
    known = {(OWNER, ONE): removed, (OWNER, TWO): OTHER}
    assert decide([replace(again, incident_id="new")], named=known) == [(VerdictKind.APPLIED, [("new", 1)])]
    knowledge = IncidentKnowledge(
        named={(OWNER, ONE): HOLDER, (OWNER, TWO): replace(OTHER, version=5)}, recent={}, numbers={}, services={}
    )
    assert [knowledge.version_of((OWNER, one)) for one in ("incident", "other")] == [1, 5]
