from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import ChangeIncident, IncidentEntry, IncidentFacts, RecordIncident
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus, StandingReport
from shipledger.ledger.erasure import Erased
from shipledger.ledger.submission import Target
from shipledger.protocols.opsgenie.incident_log import QUOTED_CHARACTERS, to_log

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
NOTE = IncidentNote("n", "Rolled back", NOW)


def entry(submission, version=2):
    return IncidentEntry("acme", "i", version, "r", 0, NOW, NOW, submission)


def record(**changes):
    facts = {"source": "datadog", "incident_id": "i", "identities": (), "facts": IncidentFacts(), "order": (1,)}
    return RecordIncident(**{**facts, **changes})


def change(**changes):
    return ChangeIncident(source="opsgenie", target=Target(key="i"), order=(1,), **changes)


def report(status):
    return StandingReport(status=IncidentStatus(status), reported_at=NOW, order=(1,))


LINES = [
    (record(notes=(NOTE,)), 1, ["Incident created", "Added note [Rolled back]"]),
    (record(), 2, ["Incident reported again"]),
    (record(facts=IncidentFacts(ended_at=NOW)), 1, ["Incident created", "Incident closed"]),
    (change(report=report("resolved"), notes=(NOTE,)), 2, ["Incident resolved", "Added note [Rolled back]"]),
    (change(report=report("closed")), 2, ["Incident closed"]),
    (change(report=report("open")), 2, ["Incident reopened"]),
    (change(facts=IncidentFacts(title="New", severity="P4")), 2, ["Changed message to [New]", "Changed priority to [P4]"]),
    (change(facts=IncidentFacts(description=None)), 2, ["Changed description"]),
    (change(facts=IncidentFacts(started_at=NOW)), 2, ["Changed start of the impact"]),
    (
        change(elements=(Element(ElementKind.TAG, "a", "a"), Element(ElementKind.TAG, "b", "b"), Element(ElementKind.TAG, "c"))),
        2,
        ["Added tags [a, b]", "Removed tag [c]"],
    ),
    (change(elements=(Element(ElementKind.DETAIL, "region", "eu"),)), 2, ["Added detail [region: eu]"]),
    (change(elements=(Element(ElementKind.DETAIL, "region"),)), 2, ["Removed detail [region]"]),
    (change(elements=(Element(ElementKind.RESPONDER, "{}", "team Core"),)), 2, ["Added responder [team Core]"]),
    (Erased(), 2, []),
]


@pytest.mark.parametrize("submission, version, expected", LINES)
def test_an_entry_is_told_in_lines(submission, version, expected):
    assert [line.log for line in to_log([entry(submission, version)])] == expected


def test_lines_are_counted_over_all_entries_and_have_the_time_of_theirs():
    log = to_log([entry(record(notes=(NOTE,)), 1), entry(change(report=report("closed")))])
    assert [line.offset for line in log] == ["0", "1", "2"]
    assert {(line.created_at, line.type, line.owner) for line in log} == {("2026-03-04T10:02:00.000Z", "system", "")}


def test_long_texts_are_cut():
    (line,) = to_log([entry(change(notes=(IncidentNote("n", "x" * 25_000, NOW),)))])
    assert len(line.log) < QUOTED_CHARACTERS + 20
