from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from shipledger.incidents.elements import Element, ElementKind, join_elements
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.protocols.opsgenie.incident_responders import responders_of

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def responders(*keys, organization_id="acme"):
    """As an incident of an older version has them: by what was sent, and nothing else."""
    elements = join_elements({}, [Element(ElementKind.RESPONDER, key, key) for key in keys], (1,))
    incident = Incident(
        organization_id=organization_id,
        incident_id="i",
        source="opsgenie",
        version=1,
        recorded_at=NOW,
        updated_at=NOW,
        facts=IncidentFacts(),
        orders={},
        elements=elements,
    )
    return msgspec.to_builtins(responders_of(incident))


def test_an_id_that_was_sent_stays_and_comes_after_the_type():
    (one,) = responders('{"id":"1","name":"Core","type":"team"}')
    assert list(one.items()) == [("type", "team"), ("id", "1"), ("name", "Core")]


def test_a_name_has_the_same_id_whenever_it_is_asked():
    team, user = responders('{"name":"Core","type":"team"}', '{"type":"user","username":"ada@example.com"}')
    assert team == {"type": "team", "id": "e665ca3b-72f1-503d-a7e4-97b0b79bf12c", "name": "Core"}
    assert user == {"type": "user", "id": "0c197bb5-4791-5797-a722-b2b3c221dc4c", "username": "ada@example.com"}


SAME = [
    ('{"name":"Core","type":"team"}', '{"name":"CORE","type":"team"}'),
    ('{"type":"user","username":"Ada@Example.com"}', '{"name":"Ada","type":"user","username":"ada@example.com"}'),
]
OTHER = [
    ('{"name":"Core","type":"team"}', '{"name":"Cores","type":"team"}'),
    ('{"name":"Core","type":"team"}', '{"name":"Core","type":"user"}'),
]


@pytest.mark.parametrize("first, second", SAME)
def test_one_name_in_other_letters_has_one_id(first, second):
    assert responders(first)[0]["id"] == responders(second)[0]["id"]


@pytest.mark.parametrize("first, second", OTHER)
def test_other_names_have_other_ids(first, second):
    assert responders(first)[0]["id"] != responders(second)[0]["id"]


def test_organizations_do_not_share_ids():
    assert responders('{"name":"Core","type":"team"}') != responders('{"name":"Core","type":"team"}', organization_id="rival")


def test_a_responder_without_any_name_that_was_once_taken_has_an_id_too():
    (one,) = responders('{"type":"team"}')
    assert set(one) == {"type", "id"}
    assert one["id"]
