"""However the reports on an incident arrive, they end in the same state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from shipledger.incidents.decide import decide
from shipledger.incidents.fold import fold
from shipledger.incidents.model import IncidentFacts, RecordIncident, RemoveIncident
from shipledger.incidents.names import call
from shipledger.ledger.submission import Alias, Target
from tests.support.updates import receipt

START = datetime(2026, 3, 5, tzinfo=UTC)
TARGET = Target(scope="vendor:id", key="one")


def record(**rest):
    said = {"facts": IncidentFacts(), "order": (1,), "identities": (Alias(scope="vendor:id", key="one"),), **rest}
    return RecordIncident(source="vendor", incident_id="incident", **said)


words = st.sampled_from(["a", "b"])
texts = words | st.none() | st.just(UNSET)
times = st.sampled_from([None, START, START + timedelta(hours=1)]) | st.just(UNSET)
names = st.builds(Alias, scope=st.just("vendor:id"), key=st.sampled_from(["one", "two"]))
facts = st.builds(IncidentFacts, title=texts, severity=texts, ended_at=times)
records = st.builds(
    record,
    facts=facts,
    order=st.tuples(st.integers(0, 3)),
    assumed=facts,
    assumed_order=st.tuples(st.integers(-3, -1)),
    identities=st.sets(st.builds(Alias, scope=st.just("vendor:id"), key=words)).map(tuple),
)


def settle(submissions):
    current, decisions = None, []
    for step, submission in enumerate(submissions):
        decision = decide(current, receipt(), 0, submission, START + timedelta(seconds=step))
        decisions.append(decision)
        current = decision.incident or current
    return current, decisions


def knowledge(incident):
    return incident.facts, incident.orders, incident.identities


@given(st.lists(records, min_size=1, max_size=5), st.data())
def test_any_permutation_and_repetition_ends_in_the_same_state(history, data):
    repeats = data.draw(st.lists(st.sampled_from(history), max_size=3))
    shuffled = data.draw(st.permutations([*history, *repeats]))
    assert knowledge(settle(shuffled)[0]) == knowledge(settle(history)[0])


@given(st.lists(records, min_size=1, max_size=5))
def test_the_appended_entries_alone_give_the_incident(history):
    settled, decisions = settle(history)
    rebuilt = None
    for decision in decisions:
        if decision.entry is not None:
            rebuilt = fold(rebuilt, decision.entry)
    assert rebuilt == settled


def test_an_incident_is_open_until_its_end_is_said_and_silence_does_not_reopen_it():
    begun = record(facts=IncidentFacts(started_at=START))
    over = record(facts=IncidentFacts(ended_at=START + timedelta(hours=1)), order=(2,))
    silent = record(facts=IncidentFacts(title="x"), order=(3,))
    assert settle([begun])[0].is_open
    assert not settle([begun, over, silent])[0].is_open


def test_a_start_after_the_end_opens_it_again_where_it_was_said_later():
    both = record(facts=IncidentFacts(started_at=START + timedelta(hours=1), ended_at=START))
    assert not settle([both])[0].is_open
    again = record(facts=IncidentFacts(started_at=START + timedelta(hours=2)), order=(2,))
    assert settle([both, again])[0].is_open
    assert not settle([both, record(facts=IncidentFacts(started_at=START), order=(2,))])[0].is_open


@pytest.mark.parametrize(
    "submission, name",
    [
        (record(facts=IncidentFacts(external_id="a", title="b"), assumed=IncidentFacts(external_id="c")), "a"),
        (record(facts=IncidentFacts(title="b"), assumed=IncidentFacts(external_id="c")), "c"),
        (record(facts=IncidentFacts(title="b"), assumed=IncidentFacts(title="d")), "b"),
        (record(assumed=IncidentFacts(title="d")), "d"),
        (record(), ""),
        (RemoveIncident(source="vendor", target=TARGET), "one"),
    ],
)
def test_a_sender_knows_its_item_by_its_id_or_its_title(submission, name):
    assert call(submission) == name


def test_verdicts_say_what_happened_and_name_the_incident():
    removal = RemoveIncident(source="vendor", target=TARGET)
    _, decisions = settle([record(), record(), record(facts=IncidentFacts(title="x"), order=(2,)), removal])
    assert [decision.verdict.kind for decision in decisions] == ["applied", "duplicate", "applied", "applied"]
    assert {decision.verdict.subject for decision in decisions} == {"incident"}
    assert [decision.incident.number for decision in decisions if decision.incident] == [0, 0, 0]  # none was given
    unknown = decide(None, receipt(), 0, removal, START).verdict
    assert (unknown.kind, unknown.reason) == ("rejected", "unknown_incident")
