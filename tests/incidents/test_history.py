"""An incident is made of what is left of its entries, and its times are those of the entries."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.incidents.fold import fold, fold_history
from shipledger.incidents.model import ChangeIncident, IncidentEntry, IncidentFacts, RecordIncident, RemoveIncident
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.submission import Target
from tests.support.factories import ACME, make_id, moment

TARGET = Target(key="incident")


def entry(version, submission):
    """An entry that is written ten seconds after the one before it."""
    at = moment(10 * version)
    return IncidentEntry(
        organization_id=ACME,
        incident_id="incident",
        version=version,
        receipt_id=make_id(version),
        item=0,
        accepted_at=at,
        recorded_at=at,
        submission=submission,
    )


def record(version, title):
    submission = RecordIncident(
        source="vendor", incident_id="incident", identities=(), facts=IncidentFacts(title=title), order=(version,)
    )
    return entry(version, submission)


def change(version, **facts):
    return entry(version, ChangeIncident(source="vendor", target=TARGET, order=(version,), facts=IncidentFacts(**facts)))


def removal(version):
    return entry(version, RemoveIncident(source="vendor", target=TARGET))


HISTORY = (record(1, "Down"), change(2, severity="P1"), record(3, "Still down"), removal(4))


def erase(*versions):
    """HISTORY after ``versions`` were erased, as the eraser leaves it."""
    left = [
        replace(one, submission=Erased(removes=isinstance(one.submission, RemoveIncident))) if one.version in versions else one
        for one in HISTORY
    ]
    return [*left, entry(len(HISTORY) + 1, Erase(versions=versions))]


@pytest.mark.parametrize("versions", [(1,), (2,), (3,), (4,), (1, 4), (2, 3, 4)])
def test_an_incident_that_was_removed_stays_removed_whatever_is_erased(versions):
    left = erase(*versions)
    incident = fold_history(left)
    assert (incident.is_removed, incident.version) == (True, len(left))


def test_it_stays_removed_when_more_is_said_after_the_erasure():
    again = fold_history([*erase(4), change(6, severity="P2")])
    assert (again.is_removed, again.version, again.facts.severity) == (True, 6, "P2")


def test_an_erased_entry_that_was_no_removal_removes_nothing():
    left = [one for one in erase(2) if one.version != 4]
    assert not fold_history(left).is_removed


def test_what_was_erased_is_not_said():
    assert fold_history(erase(3)).facts == IncidentFacts(title="Down", severity="P1")
    assert fold_history(erase(2)).facts == IncidentFacts(title="Still down")


def test_what_was_said_before_the_first_record_that_is_left_says_nothing():
    assert fold_history(erase(1)).facts == IncidentFacts(title="Still down")


def test_without_a_record_there_is_no_incident():
    assert fold_history(erase(1, 3)) is None
    assert fold_history([]) is None


@pytest.mark.parametrize("first", [change(1, severity="P1"), removal(1)])
def test_a_history_that_begins_with_no_record_is_damage(first):
    with pytest.raises(ValueError, match="begins with the submission that records it"):
        fold_history([first])


@pytest.mark.parametrize("said", [Erased(), Erased(removes=True), Erase(versions=(1,))])
def test_what_says_nothing_is_no_submission(said):
    with pytest.raises(ValueError, match="erased"):
        fold(fold_history(HISTORY[:1]), entry(2, said))


def test_an_incident_is_as_old_as_its_first_entry_and_was_updated_with_its_last():
    seen = [fold_history(HISTORY[:count]) for count in (1, 2, 3, 4)]
    assert [one.recorded_at for one in seen] == [moment(10)] * 4
    assert [one.updated_at for one in seen] == [moment(10), moment(20), moment(30), moment(40)]


def test_a_clock_that_is_set_back_makes_an_incident_no_younger():
    current = fold_history(HISTORY[:2])
    late = fold(current, replace(HISTORY[2], recorded_at=moment(5)))
    assert (late.recorded_at, late.updated_at) == (moment(5), moment(20))


def test_an_erasure_is_no_update():
    assert fold_history(erase(2)).updated_at == fold_history(HISTORY).updated_at
