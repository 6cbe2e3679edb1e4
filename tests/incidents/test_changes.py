"""However the changes of an incident arrive after its record, and however often, they end in the same state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.incidents.decide import Surroundings, decide, name_services
from shipledger.incidents.fold import fold
from shipledger.incidents.model import Incident, IncidentFacts, RecordIncident
from shipledger.incidents.repeat import repeats
from shipledger.incidents.standing import IncidentStatus, StandingReport, stand_of
from shipledger.ledger.identity import new_id
from shipledger.ledger.submission import Alias
from shipledger.protocols.opsgenie import incident_words as words
from shipledger.protocols.opsgenie.incident_translate import interpret_incident
from tests.support.updates import receipt as any_receipt

START = datetime(2026, 3, 5, tzinfo=UTC)
SERVICES = {"s1": "Checkout"}


def receipt(second, operation, body=None, **parameters):
    named = {"identifier": "x", "identifierType": "id", **parameters}
    return replace(
        any_receipt(),
        receipt_id=new_id(START + timedelta(seconds=second), bytes(8)),
        operation=operation,
        parameters={} if operation == words.CREATE_INCIDENT else named,
        body="" if body is None else msgspec.json.encode(body).decode(),
        accepted_at=START + timedelta(seconds=second),
    )


def create(second, **body):
    return receipt(second, words.CREATE_INCIDENT, {"message": "m", "serviceId": "s1", "tags": ["a"], **body})


def settle(receipts):
    current, decisions = None, []
    for step, one in enumerate(receipts):
        (submission,) = interpret_incident(one)
        if isinstance(submission, RecordIncident):
            submission = name_services(submission, SERVICES)
        surroundings = Surroundings(number=7, services=SERVICES)
        decision = decide(current, one, 0, submission, START + timedelta(days=1, seconds=step), surroundings=surroundings)
        decisions.append(decision)
        current = decision.incident or current
    return current, decisions


def knowledge(incident):
    return [
        getattr(incident, name) for name in Incident.__struct_fields__ if name not in {"version", "recorded_at", "updated_at"}
    ]


tags = st.lists(st.sampled_from("abc"), min_size=1, max_size=3)
notes = st.sampled_from(["", "n"])
bodies = {
    words.CLOSE_INCIDENT: st.fixed_dictionaries({"note": notes}),
    words.RESOLVE_INCIDENT: st.none(),
    words.REOPEN_INCIDENT: st.none(),
    words.ADD_NOTE: st.just({"note": "x"}),
    words.ADD_TAGS: st.fixed_dictionaries({"tags": tags}),
    words.ADD_DETAILS: st.fixed_dictionaries({"details": st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"))}),
    words.ADD_RESPONDERS: st.just({"responders": [{"type": "team", "id": "1"}]}),
    words.UPDATE_MESSAGE: st.fixed_dictionaries({"message": st.sampled_from("mn")}),
    words.UPDATE_DESCRIPTION: st.fixed_dictionaries({"description": st.sampled_from(["", "d"])}),
    words.UPDATE_PRIORITY: st.fixed_dictionaries({"priority": st.sampled_from(words.PRIORITIES)}),
}
with_body = st.sampled_from(sorted(bodies)).flatmap(lambda name: st.tuples(st.just(name), bodies[name], st.just({})))
removals = st.one_of(
    st.builds(lambda items: (words.REMOVE_TAGS, None, {"tags": msgspec.json.encode(items).decode()}), tags),
    st.builds(lambda items: (words.REMOVE_DETAILS, None, {"keys": msgspec.json.encode(items).decode(), "note": "n"}), tags),
)
histories = st.lists(with_body | removals, min_size=1, max_size=7).map(
    lambda writes: [receipt(second + 1, name, body, **more) for second, (name, body, more) in enumerate(writes)]
)


@given(histories, st.data())
def test_any_permutation_and_repetition_of_the_changes_ends_in_the_same_state(history, data):
    repeated = data.draw(st.lists(st.sampled_from(history), max_size=3))
    again = data.draw(st.lists(st.just(create(50)), max_size=1))
    shuffled = data.draw(st.permutations([*history, *repeated, *again]))
    assert knowledge(settle([create(0), *shuffled])[0]) == knowledge(settle([create(0), *history])[0])


@given(histories)
def test_the_appended_entries_alone_give_the_incident(history):
    settled, decisions = settle([create(0), *history])
    rebuilt = None
    for decision in decisions:
        if decision.entry is not None:
            rebuilt = fold(rebuilt, decision.entry)
    assert rebuilt == settled


@given(histories)
def test_a_write_that_is_sent_again_as_it_is_changes_nothing(history):
    _, decisions = settle([create(0), *history, history[-1]])
    assert decisions[-1].verdict.kind in {"duplicate", "superseded"}
    assert decisions[-1].entry is None


def test_a_late_change_is_superseded_and_what_is_newer_stays():
    late = receipt(1, words.UPDATE_PRIORITY, {"priority": "P1"})
    newer = receipt(2, words.UPDATE_PRIORITY, {"priority": "P5"})
    incident, decisions = settle([create(0), newer, late])
    assert incident.facts.severity == "P5"
    assert (decisions[-1].verdict.kind, decisions[-1].verdict.reason) == ("superseded", "older_facts")


def test_a_repeated_create_does_not_undo_a_change():
    removal = receipt(1, words.REMOVE_TAGS, tags='["a"]')
    incident, decisions = settle([create(0), removal, create(2)])
    assert incident.tags == ()
    assert decisions[-1].verdict.kind == "duplicate"


def report(status, second):
    return StandingReport(status=IncidentStatus(status), reported_at=START + timedelta(seconds=second), order=(second,))


STANDINGS = [
    ([], None, ("open", None)),
    ([("resolved", 1)], None, ("resolved", 1)),
    ([("resolved", 1), ("closed", 2)], None, ("closed", 1)),
    ([("closed", 1), ("resolved", 2)], None, ("closed", 1)),
    ([("resolved", 1), ("open", 2)], None, ("open", None)),
    ([("resolved", 1), ("open", 2), ("resolved", 3)], None, ("resolved", 3)),
    ([], (5, 3), ("closed", 3)),
    ([("resolved", 6)], (5, 3), ("closed", 3)),
    ([("open", 6)], (5, 3), ("open", None)),
    ([("resolved", 4)], (5, None), ("open", None)),
    ([("open", 5)], (5, 3), ("open", None)),
    ([("open", 4)], (5, 3), ("closed", 3)),
    ([("resolved", 5)], (5, None), ("open", None)),
    ([("resolved", 6)], (5, None), ("resolved", 6)),
    ([("open", 7), ("resolved", 6)], (5, None), ("open", None)),
]


@pytest.mark.parametrize("reports, end, expected", STANDINGS)
def test_the_standing_follows_from_the_reports(reports, end, expected):
    said = None if end is None else ((end[0],), None if end[1] is None else START + timedelta(seconds=end[1]))
    standing = stand_of([report(*one) for one in reports], said_end=said)
    ended = None if standing.ended_at is None else (standing.ended_at - START).total_seconds()
    assert (standing.status, ended) == expected


def test_its_state_is_that_of_its_reports():
    incident, _ = settle([create(0), receipt(1, words.RESOLVE_INCIDENT)])
    assert (incident.status, incident.is_open, incident.subject_id) == ("resolved", False, incident.incident_id)


def is_repeat(first, later, *between):
    (submission,) = interpret_incident(later)
    incident, _ = settle([first, *between])
    return repeats(name_services(submission, SERVICES), later, incident)


def test_an_equal_create_of_one_sender_is_a_repeat_for_a_minute_while_nothing_else_was_said():
    assert is_repeat(create(0), create(60))
    assert is_repeat(create(60), create(0))
    assert not is_repeat(create(0), create(61))
    assert not is_repeat(create(0), create(1, priority="P1"))
    assert not is_repeat(create(0), create(1, note="n"))
    assert not is_repeat(create(0), create(1, details={"a": "b"}))
    assert not is_repeat(create(0), create(1, responders=[{"type": "team", "id": "1"}]))
    assert not is_repeat(create(0), create(2), receipt(1, words.CLOSE_INCIDENT))
    assert not is_repeat(create(0), create(2), receipt(1, words.ADD_TAGS, {"tags": ["a"]}))
    assert not is_repeat(create(0), create(2), receipt(1, words.ADD_NOTE, {"note": "n"}))


def test_an_equal_create_of_another_sender_is_another_incident():
    assert not is_repeat(create(0), replace(create(1), credential_id="another"))
    assert is_repeat(replace(create(0), credential_id="another"), replace(create(1), credential_id="another"))


def test_an_incident_that_was_recorded_before_its_sender_was_kept_is_compared_without_it():
    (submission,) = interpret_incident(create(1))
    incident, _ = settle([create(0)])
    assert repeats(name_services(submission, SERVICES), create(1), replace(incident, sender=""))


def test_a_note_that_one_sender_sends_again_within_a_minute_is_told_once_and_kept():
    def note(second, text="x", operation=words.ADD_NOTE, **changes):
        return replace(receipt(second, operation, {"note": text}), **changes)

    first, again = note(1), note(61)
    incident, decisions = settle([create(0), first, again])
    assert [one.text for one in incident.told_notes] == ["x"]
    assert len(incident.notes) == 2
    assert decisions[-1].verdict.kind == "duplicate"
    for other in (note(62), note(2, "y"), note(2, credential_id="another"), note(2, operation=words.CLOSE_INCIDENT)):
        incident, decisions = settle([create(0), first, other])
        assert len(incident.told_notes) == 2
        assert decisions[-1].verdict.kind == "applied"
    incident, _ = settle([create(0), *(note(second) for second in (1, 50, 100, 150))])
    assert [one.written_at.minute * 60 + one.written_at.second for one in incident.told_notes] == [1, 100]


def test_services_are_named_or_the_record_is_rejected():
    incident, _ = settle([create(0)])
    assert (incident.facts.services, incident.facts.service_ids, incident.number) == (("Checkout",), ("s1",), 7)
    _, (decision,) = settle([create(0, impactedServices=["s2"])])
    assert (decision.verdict.reason, decision.verdict.subject, decision.entry) == ("unknown_service", "s2", None)


def test_an_incident_is_named_by_its_id_and_its_number():
    incident, _ = settle([create(0)])
    assert incident.names == (Alias(scope="", key=incident.incident_id), Alias(scope="number", key="7"))
    assert replace(incident, facts=IncidentFacts(), number=0).names == incident.names[:1]
