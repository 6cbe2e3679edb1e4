"""What may be said by hand of the causes of an incident, and what stands when several say it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from shipledger.incidents.decide import Surroundings, decide
from shipledger.incidents.marks import Cause, IncidentMarks, list_causes, original_alias
from shipledger.incidents.model import MarkIncident
from shipledger.incidents.names import names_in
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import VerdictKind
from tests.incidents.test_fold import START, TARGET, record, settle
from tests.support.updates import receipt

INCIDENT = settle([record()])[0]
DUPLICATE = replace(INCIDENT, incident_id="third", marks=IncidentMarks(duplicate_of="fourth"))
DEPLOYMENT, COMMIT = Cause(deployment_id="d"), Cause(repository="github.com/acme/shop", commit="abc")
KNOWN = Surroundings(causes=frozenset({DEPLOYMENT, COMMIT}), original=replace(INCIDENT, incident_id="second"))


def mark(order=1, **marks):
    return MarkIncident(source="vendor", target=TARGET, marks=IncidentMarks(**marks), order=(order,))


def try_mark(submission, current=INCIDENT, surroundings=KNOWN):
    return decide(current, receipt(), 0, submission, START + timedelta(hours=1), surroundings=surroundings)


@pytest.mark.parametrize(
    "marks, surroundings, sentence, subject",
    [
        ({"caused_by": ("d", "e")}, KNOWN, "There is no deployment with the id e, which caused_by names.", "e"),
        (
            {"root_cause": replace(COMMIT, commit="def")},
            KNOWN,
            "There is no commit github.com/acme/shop@def, which root_cause names.",
            "github.com/acme/shop@def",
        ),
        (
            {"potential_causes": (DEPLOYMENT, Cause(deployment_id="f"))},
            KNOWN,
            "There is no deployment with the id f, which potential_causes names.",
            "f",
        ),
        ({"duplicate_of": "x"}, Surroundings(), "There is no incident with the id x, which duplicate_of names.", "x"),
        ({"duplicate_of": "incident"}, KNOWN, "An incident cannot be a duplicate of itself.", "incident"),
        (
            {"duplicate_of": "third"},
            replace(KNOWN, original=DUPLICATE),
            "The incident third is itself a duplicate of fourth. Name an incident that is none, or withdraw that.",
            "third",
        ),
        (
            {"not_caused_by_deployment": True, "caused_by": ("d",)},
            KNOWN,
            (
                "An incident that no deployment caused has no caused_by, and this one has d. Withdraw one of them: "
                '"not_caused_by_deployment": null or "caused_by": null.'
            ),
            "incident",
        ),
        (
            {"not_caused_by_deployment": True, "root_cause": COMMIT},
            KNOWN,
            (
                "An incident that no deployment caused has no root_cause, and this one has github.com/acme/shop@abc. "
                'Withdraw one of them: "not_caused_by_deployment": null or "root_cause": null.'
            ),
            "incident",
        ),
    ],
)
def test_a_mark_is_refused_that_names_what_is_not_there_or_contradicts_another(marks, surroundings, sentence, subject):
    decision = try_mark(mark(**marks), surroundings=surroundings)
    assert (decision.verdict.kind, decision.verdict.sentence) == (VerdictKind.REJECTED, sentence)
    assert decision.verdict.subject == subject
    assert decision.entry is None


@pytest.mark.parametrize(
    "marks",
    [
        {"caused_by": ("d",), "root_cause": COMMIT, "potential_causes": (COMMIT, DEPLOYMENT), "not_caused_by_deployment": False},
        {"not_caused_by_deployment": True, "potential_causes": (DEPLOYMENT,), "duplicate_of": "second", "note": "By hand."},
        {"not_caused_by_deployment": True, "caused_by": None, "root_cause": None},
    ],
)
def test_what_is_there_may_be_said(marks):
    decision = try_mark(mark(**marks))
    assert decision.incident.marks == IncidentMarks(**marks)
    assert set(decision.incident.marked) == set(marks)


@pytest.mark.parametrize(
    "earlier, later, stands, kind",
    [
        (mark(1, note="a"), mark(2, note="b"), "b", "applied"),
        (mark(2, note="a"), mark(1, note="b"), "a", "superseded"),
        (mark(1, note="a"), mark(1, note="a"), "a", "duplicate"),
        (mark(1, note="a"), mark(2, note=None), None, "applied"),
        (mark(1, note=None), mark(2, note=None), None, "duplicate"),
        (mark(1, note="a"), mark(2), "a", "duplicate"),
    ],
)
def test_of_marks_the_one_that_came_last_stands(earlier, later, stands, kind):
    current = try_mark(earlier).incident
    decision = try_mark(later, current)
    assert ((decision.incident or current).marks.note, decision.verdict.kind) == (stands, kind)


@pytest.mark.parametrize(
    "marks, causes",
    [
        ({}, []),
        ({"caused_by": None, "root_cause": None, "potential_causes": None}, []),
        (
            {"caused_by": ("d",), "root_cause": COMMIT, "potential_causes": (DEPLOYMENT,)},
            [("caused_by", DEPLOYMENT), ("root_cause", COMMIT), ("potential_causes", DEPLOYMENT)],
        ),
    ],
)
def test_causes_are_listed_with_the_member_that_names_them(marks, causes):
    assert list(list_causes(IncidentMarks(**marks))) == causes


@pytest.mark.parametrize("original, names", [(UNSET, ()), (None, ()), ("second", (Alias("", "second"),))])
def test_a_mark_concerns_its_incident_and_the_one_that_it_says_is_repeated(original, names):
    submission = mark(duplicate_of=original)
    assert original_alias(submission.marks) == names
    assert names_in(submission) == (Alias("vendor:id", "one"), *names)
