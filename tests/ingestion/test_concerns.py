from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.deployments.names import names_of
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident, RemoveIncident
from shipledger.ingestion.concerns import concerns_of, number_name
from shipledger.ledger.aggregate import EVERYTHING
from shipledger.ledger.submission import Alias, ChangeState, Recognition, Refuse, Remove, RemoveMatching, Target
from tests.support.factories import ACME, RIVAL, decide_receipt, make_receipt, make_record, make_report

OWN = Alias(scope="opsgenie:create", key="1")
CALLED = Alias(scope="opsgenie:external", key="build-77")
FINE, COARSE = Alias(scope="moment", key="checkout v1 at ten"), Alias(scope="moment", key="checkout at ten")
SERIES = Alias(scope="vendor:run", key="build-77 of checkout")
INCIDENT = Alias(scope="vendor:id", key="7")
CLAIMED = Alias(scope="vendor:moment", key="at ten")


def change(target: Target) -> ChangeState:
    return ChangeState(source="opsgenie", target=target, state=make_report())


def record_incident() -> RecordIncident:
    return RecordIncident(
        source="vendor", incident_id="i", identities=(INCIDENT,), claims=(CLAIMED,), facts=IncidentFacts(), order=(1,)
    )


@pytest.mark.parametrize(
    "asked, aliases, may_record",
    [
        pytest.param(make_record(1), [OWN], True, id="a record, by its identities"),
        pytest.param(make_record(1, external_id="build-77"), [CALLED], True, id="or by what others will call it"),
        pytest.param(
            replace(make_record(1), series=SERIES, names=(FINE,)), [SERIES, FINE], True, id="or by the series of its runs"
        ),
        pytest.param(
            replace(make_record(1), identities=(), recognition=Recognition(names=(FINE, COARSE))),
            [COARSE],
            True,
            id="a record without an identity, by the name that all like it share",
        ),
        pytest.param(change(Target(scope=CALLED.scope, key=CALLED.key)), [CALLED], False, id="a change, by its target"),
        pytest.param(change(Target(key="d1")), [Alias(scope="", key="d1")], False, id="a change by our id"),
        pytest.param(Remove(source="jira", target=Target(key="d1")), [Alias(scope="", key="d1")], False, id="a removal"),
        pytest.param(RemoveMatching(source="jira", aliases=(CALLED,)), [EVERYTHING], False, id="a removal by properties"),
        pytest.param(Refuse(source="jira", sentence="No."), [], False, id="what was refused concerns nothing"),
        pytest.param(record_incident(), [INCIDENT, CLAIMED], True, id="an incident"),
        pytest.param(
            ChangeIncident(source="vendor", target=Target(scope=INCIDENT.scope, key="7"), order=(1,)),
            [INCIDENT],
            False,
            id="a change of one",
        ),
        pytest.param(
            RemoveIncident(source="vendor", target=Target(scope=INCIDENT.scope, key="7")),
            [INCIDENT],
            False,
            id="its removal",
        ),
    ],
)
def test_what_a_receipt_concerns(asked, aliases, may_record):
    concerns = concerns_of(ACME, [asked])
    assert [one.alias for one in concerns] == aliases
    assert all(one.may_record is may_record for one in concerns)


def test_a_name_that_is_recorded_and_changed_by_one_receipt_is_recorded():
    target = Target(scope=OWN.scope, key=OWN.key)
    for asked in ([make_record(1), change(target)], [change(target), make_record(1)]):
        assert [(one.alias, one.may_record) for one in concerns_of(ACME, asked)] == [(OWN, True)]


def test_a_record_and_a_change_of_what_it_records_share_a_name():
    (recorded,) = concerns_of(ACME, [make_record(1, external_id="{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}")])
    (changed,) = concerns_of(ACME, [change(Target(scope=CALLED.scope, key="6ba7b810-9dad-11d1-80b4-00c04fd430c8"))])
    assert changed.name == recorded.name


def test_equal_names_of_organizations_deployments_and_incidents_are_told_apart():
    numbers = {number_name(ACME, OWN), number_name(RIVAL, OWN), number_name(ACME, OWN, subject="incident")}
    assert len(numbers) == 3


def test_names_that_no_database_can_hold_as_they_are_have_numbers():
    assert number_name(ACME, Alias(scope="s", key="a\0b")) == number_name(ACME, Alias(scope="s", key="a\ufffdb"))
    assert number_name(ACME, Alias(scope="s", key="\ud800")) == number_name(ACME, Alias(scope="s", key="\ufffd"))


def test_the_numbers_of_a_release_are_those_of_the_next():
    """Nodes of two versions must agree on them."""
    assert number_name(ACME, OWN) == 1641032234730104049


def test_a_deployment_has_the_names_of_all_that_concerns_it():
    _, deployment = decide_receipt(make_receipt(1), make_record(1, external_id="build-77"))
    asked = [make_record(1, external_id="build-77"), make_record(1), change(Target(key=deployment.deployment_id))]
    assert {one.name for one in concerns_of(ACME, asked)} == {number_name(ACME, alias) for alias in names_of(deployment)}
