"""An incident holds so much and no more, and what would make it hold more is rejected with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.incidents.decide import decide
from shipledger.incidents.elements import Element, ElementKind, join_elements
from shipledger.incidents.growth import CHARACTERS_LIMIT, PARTS_LIMIT, find_overflow
from shipledger.incidents.model import ChangeIncident
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus, StandingReport
from shipledger.ledger.submission import Target
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.incidents.test_changes import START, create, receipt, settle

EMPTY = settle([create(0, tags=[])])[0]
CHANGE = ChangeIncident(source="opsgenie", target=Target(key="x"), order=(9,))


def tags(count, *, value="t"):
    return join_elements({}, [Element(kind=ElementKind.TAG, key=f"t{number}", value=value) for number in range(count)], (1,))


def notes(count):
    return tuple(IncidentNote(note_id=str(number), text="", written_at=START) for number in range(count))


def reports(count):
    moments = [START + timedelta(seconds=number) for number in range(count)]
    return tuple(StandingReport(IncidentStatus.CLOSED, at, order=(number,)) for number, at in enumerate(moments))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(lambda count: {"elements": tags(count)}, id="tags"),
        pytest.param(lambda count: {"elements": tags(count, value=None)}, id="tags that were taken away"),
        pytest.param(lambda count: {"notes": notes(count)}, id="notes"),
        pytest.param(lambda count: {"reports": reports(count)}, id="reports of its state"),
    ],
)
def test_parts_are_counted(parts):
    full, too_large = (replace(EMPTY, **parts(count)) for count in (PARTS_LIMIT, PARTS_LIMIT + 1))
    assert find_overflow(EMPTY, full) == ""
    assert find_overflow(full, too_large).endswith(f"this one would hold {PARTS_LIMIT + 1}.")


def test_the_bounds_are_those_that_the_documentation_names():
    assert (PARTS_LIMIT, CHARACTERS_LIMIT) == (1_000, 1_048_576)


def test_characters_are_counted_over_all_parts():
    note = IncidentNote(note_id="1", text="x" * (CHARACTERS_LIMIT - len("t0") - len("t")), written_at=START)
    full = replace(EMPTY, elements=tags(1), notes=(note,))
    assert find_overflow(EMPTY, full) == ""
    assert "characters" in find_overflow(full, replace(full, elements=tags(2)))


def test_an_incident_that_is_larger_already_takes_what_adds_nothing():
    larger = replace(EMPTY, elements=tags(PARTS_LIMIT + 5))
    taken = decide(larger, receipt(1, "x"), 0, replace(CHANGE, elements=(Element(kind=ElementKind.TAG, key="t1"),)), START)
    assert taken.verdict.kind is VerdictKind.APPLIED
    assert taken.incident is not None
    assert "t1" not in taken.incident.tags


def test_what_is_too_much_is_rejected_and_appends_nothing():
    full = replace(EMPTY, elements=tags(PARTS_LIMIT))
    more = replace(CHANGE, elements=(Element(kind=ElementKind.TAG, key="one too many", value="t"),))
    decision = decide(full, receipt(1, "x"), 0, more, START)
    assert (decision.verdict.kind, decision.verdict.reason) == (VerdictKind.REJECTED, Reason.TOO_LARGE)
    assert (decision.entry, decision.incident) == (None, None)
